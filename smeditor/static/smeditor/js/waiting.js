/* Who approves has seen the newest version, and a form that Wagtail saves by itself makes newer ones: it names the one that
   it made last, and what is sent while it is being saved waits for that. Otherwise its author would be told that somebody
   else had saved meanwhile. What is sent is not saved by itself once more. */
(() => {
  const { Controller } = window.StimulusModule;

  class WaitingController extends Controller {
    static values = { delay: { type: Number, default: 100 } };

    connect() {
      this.form = this.element.closest('form');
      if (!this.form) return;
      this.sent = (event) => this.onSubmit(event);
      this.form.addEventListener('submit', this.sent);
    }

    disconnect() {
      if (this.form) this.form.removeEventListener('submit', this.sent);
    }

    saving() {
      this.isSaving = true;
    }

    done(event) {
      this.isSaving = false;
      const answer = event.detail.response || {};
      if (answer.revision_id) {
        this.name('loaded_revision_id', answer.revision_id);
        this.name('loaded_revision_created_at', answer.revision_created_at);
      }
      const { again } = this;
      this.again = null;
      if (again) window.setTimeout(again, this.delayValue);
    }

    name(field, value) {
      const input = this.form.elements.namedItem(field);
      if (input) input.value = value;
    }

    onSubmit(event) {
      if (event.defaultPrevented) return;
      this.form.setAttribute('data-w-autosave-active-value', 'false');
      if (!this.isSaving) return;
      event.preventDefault();
      const { submitter } = event;
      this.again = () => {
        // A button that was pressed may be disabled by now, and would not be sent.
        if (submitter?.name) this.form.append(hidden(submitter));
        this.form.requestSubmit();
      };
    }
  }

  function hidden({ name, value }) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = name;
    field.value = value;
    return field;
  }

  window.wagtail.app.register('sme-waiting', WaitingController);
})();
