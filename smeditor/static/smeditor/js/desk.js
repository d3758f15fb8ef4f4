/* The desk's own controllers, on Wagtail's Stimulus application. Everything works without them; they only spare a reload. */
(() => {
  const { Controller } = window.StimulusModule;
  const csrf = () => {
    const field = document.querySelector('[name="csrfmiddlewaretoken"]');
    return field ? field.value : '';
  };

  /* Counts the text of a form on each chosen account, in the network's own unit: the server counts. */
  class CounterController extends Controller {
    static targets = ['list', 'said'];

    static values = { url: String, account: Number, delay: { type: Number, default: 350 } };

    connect() {
      this.form = this.element.closest('form');
      if (!this.form) return;
      this.changed = () => {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.count(), this.delayValue);
      };
      this.form.addEventListener('input', this.changed);
      this.form.addEventListener('change', this.changed);
      this.count();
    }

    disconnect() {
      window.clearTimeout(this.timer);
      if (!this.form) return;
      this.form.removeEventListener('input', this.changed);
      this.form.removeEventListener('change', this.changed);
    }

    /* The form as it is typed, field by field; the server reads those that it counts. */
    typed() {
      const data = new FormData(this.form);
      const fields = Object.fromEntries([...data].filter(([, value]) => typeof value === 'string'));
      return { accounts: this.hasAccountValue ? [this.accountValue] : data.getAll('accounts'), fields };
    }

    async count() {
      const turn = (this.turn || 0) + 1;
      this.turn = turn;
      try {
        const response = await fetch(this.urlValue, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf() },
          body: JSON.stringify(this.typed()),
        });
        if (response.ok && turn === this.turn) this.show((await response.json()).lengths);
      } catch {
        /* offline: the checks on the server still hold */
      }
    }

    show(lengths) {
      this.listTarget.replaceChildren(
        ...lengths.map((length) => {
          const item = document.createElement('li');
          const name = document.createElement('span');
          const words = document.createElement('span');
          item.className = `sme-counter__item${length.fits ? '' : ' sme-counter__item--over'}`;
          name.className = 'sme-counter__name';
          name.textContent = length.name;
          words.textContent = length.sentence;
          item.append(name, ' ', words);
          return item;
        }),
      );
      const over = lengths.filter((length) => !length.fits);
      this.saidTarget.textContent = over.map((length) => `${length.name}: ${length.sentence}`).join('. ');
    }
  }

  /* Fills link and text from the article that was chosen, where nothing is typed yet. */
  class AboutController extends Controller {
    static values = { url: String };

    connect() {
      this.form = this.element.closest('form');
      this.chosen = (event) => {
        if (event.target.name === 'article' && event.target.value) this.fill(event.target.value);
      };
      if (this.form) this.form.addEventListener('change', this.chosen);
    }

    disconnect() {
      if (this.form) this.form.removeEventListener('change', this.chosen);
    }

    async fill(article) {
      try {
        const response = await fetch(this.urlValue.replace('/0/', `/${article}/`));
        if (!response.ok) return;
        const facts = await response.json();
        ['link', 'text'].forEach((name) => {
          const field = this.form.elements[name];
          if (!field || field.value.trim() || !facts[name]) return;
          field.value = facts[name];
          field.dispatchEvent(new Event('input', { bubbles: true }));
          field.dispatchEvent(new Event('change', { bubbles: true }));
        });
      } catch {
        /* offline: link and text are typed as before */
      }
    }
  }

  /* Puts a saved reply into the text of the answer. */
  class ReplyController extends Controller {
    static targets = ['choice', 'text'];

    use() {
      const option = this.choiceTarget.selectedOptions[0];
      if (!option || !option.dataset.text) return;
      this.textTarget.value = option.dataset.text;
      this.textTarget.dispatchEvent(new Event('input', { bubbles: true }));
      this.textTarget.focus();
    }
  }

  /* On a telephone a row becomes a card: each cell then says under which heading it stands. */
  const nameCells = () => {
    document.querySelectorAll('.sme-listing, .sme-dense').forEach((table) => {
      const names = [...table.querySelectorAll('thead th')].map((heading) => (heading.querySelector('.w-sr-only') ? '' : heading.textContent.trim()));
      table.querySelectorAll('tbody tr').forEach((row) => {
        [...row.cells].forEach((cell, place) => {
          const named = place && names[place] && !cell.classList.contains('title');
          const bare = cell.querySelector('form') && !cell.querySelector('p'); // a button says itself what it does
          if (named && cell.textContent.trim() && !bare) cell.dataset.heading = names[place];
        });
      });
    });
  };
  document.addEventListener('DOMContentLoaded', nameCells);
  document.addEventListener('w-swap:success', nameCells);

  window.wagtail.app.register('sme-about', AboutController);
  window.wagtail.app.register('sme-counter', CounterController);
  window.wagtail.app.register('sme-reply', ReplyController);
})();
