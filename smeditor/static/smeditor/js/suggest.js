/* Suggests the desk's own hashtags and handles below a text while one types # or @, and after a pause what the accounts'
   networks know by that name: arrows choose, Enter takes, Escape closes. Without a choice every key does what it always does. */
(() => {
  const { Controller } = window.StimulusModule;
  const WORD = /(?:^|[\s([{«“"'])([#@][^\s#@]{0,60})$/u;
  const MOST = 8;
  const SHORTEST = 3; // letters after the sign that are worth a search elsewhere

  const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

  async function suggested(address) {
    const headers = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' };
    const response = await fetch(address, { headers });
    return (await response.json()).suggestions;
  }

  class SuggestController extends Controller {
    static targets = ['list', 'said'];

    static values = { field: String, url: String, search: String, found: String, pause: { type: Number, default: 350 } };

    connect() {
      this.field = document.getElementById(this.fieldValue);
      this.chosen = -1;
      this.own = [];
      this.listeners = {
        input: () => this.look(),
        keydown: (event) => this.onKey(event),
        blur: () => this.dismiss(),
      };
      Object.entries(this.listeners).forEach(([name, listener]) => this.field.addEventListener(name, listener));
    }

    disconnect() {
      Object.entries(this.listeners).forEach(([name, listener]) => this.field.removeEventListener(name, listener));
    }

    /* The sign and what follows it, right before the cursor. */
    word() {
      const { value, selectionStart: at, selectionEnd: end } = this.field;
      const match = at === end && value.slice(Math.max(0, at - 80), at).match(WORD);
      return match ? match[1] : '';
    }

    async look() {
      const word = this.word();
      if (!word) {
        this.close();
        return;
      }
      this.isDismissed = false;
      window.clearTimeout(this.pause);
      this.pause = window.setTimeout(() => this.search(word), this.pauseValue);
      const all = await this.suggestions();
      if (word !== this.word()) return;
      const start = plain(word);
      this.own = all.filter(({ text }) => plain(text).startsWith(start) && text !== word).slice(0, MOST);
      this.show(this.own);
    }

    /* What the networks know stands below the desk's own. Nothing moves under who has chosen already. */
    async search(word) {
      if ([...word].length <= SHORTEST || word !== this.word()) return;
      const asked = this.accounts();
      asked.set('word', word);
      const found = await suggested(`${this.searchValue}?${asked}`).catch(() => []);
      if (this.isDismissed || this.chosen >= 0 || word !== this.word()) return;
      const there = new Set(this.own.map(({ text }) => plain(text)));
      const more = found.filter(({ text }) => !there.has(plain(text)) && text !== word);
      if (more.length) this.show([...this.own, ...more.slice(0, MOST)]);
    }

    accounts() {
      const data = new FormData(this.field.form);
      return new URLSearchParams(data.getAll('accounts').map((account) => ['accounts', account]));
    }

    async suggestions() {
      const asked = this.accounts();
      asked.set('article', new FormData(this.field.form).get('article') || '');
      const address = `${this.urlValue}?${asked}`;
      if (address !== this.address) {
        this.address = address;
        this.loaded = suggested(address).catch(() => {
          this.address = null; // offline: it is asked again with the next sign
          return [];
        });
      }
      return this.loaded;
    }

    show(found) {
      if (!found.length) {
        this.close();
        return;
      }
      this.chosen = -1;
      this.listTarget.replaceChildren(...found.map((suggestion, index) => this.option(suggestion, index)));
      this.listTarget.hidden = false;
      this.field.setAttribute('role', 'combobox');
      this.field.setAttribute('aria-autocomplete', 'list');
      this.field.setAttribute('aria-expanded', 'true');
      this.field.setAttribute('aria-controls', this.listTarget.id);
      this.field.removeAttribute('aria-activedescendant');
      this.saidTarget.textContent = this.foundValue.replace('{n}', found.length);
    }

    option({ text, note }, index) {
      const option = document.createElement('li');
      const words = document.createElement('span');
      const why = document.createElement('span');
      option.id = `${this.listTarget.id}-${index}`;
      option.className = 'sme-suggest__option';
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      option.dataset.text = text;
      words.textContent = text;
      words.dir = 'auto';
      why.textContent = note;
      why.className = 'sme-suggest__note';
      option.append(words, ' ', why);
      option.addEventListener('mousedown', (event) => event.preventDefault());
      option.addEventListener('click', () => this.take(option));
      return option;
    }

    onKey(event) {
      if (this.listTarget.hidden || event.isComposing) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const options = [...this.listTarget.children];
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        const from = this.chosen < 0 && step < 0 ? 0 : this.chosen;
        this.choose((from + step + options.length) % options.length);
      } else if (event.key === 'Escape') {
        this.dismiss();
      } else if (event.key === 'Enter' && this.chosen >= 0) {
        this.take(options[this.chosen]);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    }

    choose(index) {
      this.chosen = index;
      [...this.listTarget.children].forEach((option, place) => {
        option.setAttribute('aria-selected', String(place === index));
        if (place !== index) return;
        this.field.setAttribute('aria-activedescendant', option.id);
        option.scrollIntoView({ block: 'nearest' });
      });
    }

    take(option) {
      const word = this.word();
      const at = this.field.selectionStart;
      const { text } = option.dataset;
      this.dismiss();
      this.field.focus();
      this.field.setSelectionRange(at - word.length, at);
      if (document.execCommand('insertText', false, `${text} `)) return;
      this.field.setRangeText(`${text} `, at - word.length, at, 'end');
      this.field.dispatchEvent(new Event('input', { bubbles: true }));
    }

    /* Closed by a person: what is still being searched for opens it no more. */
    dismiss() {
      window.clearTimeout(this.pause);
      this.isDismissed = true;
      this.close();
    }

    close() {
      if (this.listTarget.hidden) return;
      this.listTarget.hidden = true;
      this.listTarget.replaceChildren();
      this.chosen = -1;
      this.saidTarget.textContent = '';
      ['role', 'aria-autocomplete', 'aria-expanded', 'aria-controls', 'aria-activedescendant'].forEach((name) =>
        this.field.removeAttribute(name),
      );
    }
  }

  window.wagtail.app.register('sme-suggest', SuggestController);
})();
