/* Keeps what is typed into a post in this tab until it is saved, for the day on which it cannot be: the session is over, the
   server is away, the tab was reloaded. What was kept is offered, and put back only when somebody says so. */
(() => {
  const { Controller } = window.StimulusModule;
  const COMMON = ['text', 'link', 'content_warning', 'first_comment', 'poll_options', 'poll_minutes'];

  class KeptController extends Controller {
    static targets = ['notice'];

    static values = { user: String, delay: { type: Number, default: 250 } };

    connect() {
      this.form = this.element.closest('form');
      if (!this.form) return;
      this.path = window.location.pathname;
      this.typed = () => {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.keep(), this.delayValue);
      };
      this.form.addEventListener('input', this.typed);
      this.offer();
    }

    disconnect() {
      window.clearTimeout(this.timer);
      if (this.form) this.form.removeEventListener('input', this.typed);
    }

    get key() {
      return `smeditor-post:${this.userValue}:${this.path}`;
    }

    keep() {
      try {
        window.sessionStorage.setItem(this.key, JSON.stringify(this.current()));
      } catch {
        /* the browser keeps nothing: Wagtail asks before the page is left */
      }
    }

    saving() {
      this.sent = JSON.stringify(this.current());
    }

    /* A post that was new has another address now. What was typed meanwhile stays kept. */
    saved() {
      this.forget();
      this.path = window.location.pathname;
      if (this.sent === JSON.stringify(this.current())) this.forget();
      else this.keep();
    }

    forget() {
      window.clearTimeout(this.timer);
      try {
        window.sessionStorage.removeItem(this.key);
      } catch {
        /* the browser keeps nothing */
      }
    }

    kept() {
      try {
        return JSON.parse(window.sessionStorage.getItem(this.key));
      } catch {
        return null;
      }
    }

    current() {
      const data = new FormData(this.form);
      const common = Object.fromEntries(COMMON.filter((name) => data.has(name)).map((name) => [name, data.get(name)]));
      const own = {};
      [...data.keys()].forEach((name) => {
        const match = name.match(/^variants-(\d+)-account$/);
        if (!match || data.get(`variants-${match[1]}-DELETE`)) return;
        const text = data.get(`variants-${match[1]}-text`) || '';
        if (data.get(name) && text) own[data.get(name)] = text;
      });
      return { common, own };
    }

    offer() {
      const kept = this.kept();
      if (!kept) return;
      const same = JSON.stringify(kept) === JSON.stringify(this.current());
      this.noticeTarget.hidden = same;
    }

    putBack() {
      const kept = this.kept();
      this.noticeTarget.hidden = true;
      if (!kept) return;
      Object.entries(kept.common).forEach(([name, value]) => this.write(this.form.elements.namedItem(name), value));
      this.dispatch('own', { detail: { texts: kept.own } });
      this.form.elements.text.focus();
    }

    drop() {
      this.noticeTarget.hidden = true;
      this.forget();
      this.form.elements.text.focus();
    }

    write(field, value) {
      if (!field || field.value === value) return;
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }

  window.wagtail.app.register('sme-kept', KeptController);
})();
