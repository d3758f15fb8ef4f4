/* When the readers of the chosen accounts answer, asked for where a post's time is chosen: one click takes such a time. */
(() => {
  const { Controller } = window.StimulusModule;

  class GoodTimesController extends Controller {
    static targets = ['ask', 'answer'];

    static values = { url: String, field: String, failed: String };

    connect() {
      this.field = document.getElementById(this.fieldValue);
      this.askTarget.hidden = !this.field;
    }

    async ask() {
      const chosen = new FormData(this.field.form).getAll('accounts');
      const accounts = new URLSearchParams(chosen.map((account) => ['accounts', account]));
      this.askTarget.setAttribute('aria-busy', 'true');
      try {
        const headers = { 'X-Requested-With': 'XMLHttpRequest' };
        const response = await fetch(`${this.urlValue}?${accounts}`, { headers });
        if (!response.ok || response.redirected) throw new Error(response.status);
        this.answerTarget.innerHTML = await response.text();
        this.askTarget.setAttribute('aria-expanded', 'true');
      } catch {
        this.answerTarget.textContent = this.failedValue;
      } finally {
        this.askTarget.removeAttribute('aria-busy');
      }
    }

    take({ currentTarget }) {
      this.field.value = currentTarget.dataset.at;
      ['input', 'change'].forEach((name) => this.field.dispatchEvent(new Event(name, { bubbles: true })));
      this.field.focus();
    }
  }

  window.wagtail.app.register('sme-good-times', GoodTimesController);
})();
