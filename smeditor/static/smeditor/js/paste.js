/* Some programs copy formatted text and no plain one: a browser then puts nothing into a text field, and what was selected
   there is gone. It becomes plain text here, with its lines. All other pasting is the browser's. */
(() => {
  const APART = /^(p|h[1-6]|ul|ol|table|blockquote|pre)$/i;
  const LINE = /^(li|div|tr|section|article|header|footer|dt|dd)$/i;

  function linesOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[\n\r\t ]+/g, ' ');
    if (/^(script|style|head|template)$/i.test(node.nodeName)) return '';
    if (node.nodeName === 'BR') return '\n';
    const inner = [...node.childNodes].map(linesOf).join('');
    const around = (APART.test(node.nodeName) && '\n\n') || (LINE.test(node.nodeName) && '\n') || '';
    return `${around}${inner}${around}`;
  }

  /* Parsed by the browser's own parser, into a document in which nothing runs and nothing is fetched. */
  function plain(html) {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const lines = linesOf(page.body).split('\n').map((line) => line.replace(/^ +| +$/g, ''));
    return lines.join('\n').replace(/\n{3,}/g, '\n\n').trim();
  }

  document.addEventListener('paste', (event) => {
    const kept = event.clipboardData;
    const isText = event.target.matches?.('.sme-compose textarea');
    if (!isText || !kept || kept.getData('text/plain') || !kept.getData('text/html')) return;
    event.preventDefault();
    document.execCommand('insertText', false, plain(kept.getData('text/html')));
  });
})();
