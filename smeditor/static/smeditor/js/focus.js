/* Whoever writes without a mouse goes on from where they were. What is pressed in a chooser is hidden once something is
   chosen, and what deletes a row goes with it: the browser then begins again at the top of the page. */
(() => {
  let chooser = null;

  const isLost = () => !document.activeElement || document.activeElement === document.body;
  const shown = (parts) => [...parts].find((part) => part.offsetParent !== null && !part.disabled);

  function onClick(event) {
    if (!event.isTrusted) return;
    const button = event.target.closest('button');
    chooser = button?.closest('.chooser') || chooser;
    const kind = button?.id.match(/^id_(.+)-\d+-DELETE-button$/)?.[1];
    if (kind) window.setTimeout(() => document.getElementById(`id_${kind}-ADD`)?.focus());
  }

  function onClosed() {
    if (isLost() && chooser) shown(chooser.querySelectorAll('button'))?.focus();
  }

  document.addEventListener('click', onClick, true);
  // Wagtail's choosers stand in a modal of Bootstrap's, whose events are jQuery's.
  window.jQuery(document).on('hidden.bs.modal', onClosed);
})();
