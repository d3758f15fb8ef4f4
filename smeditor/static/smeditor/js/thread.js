/* The parts of a thread: lines of --- in a text separate them, and the text stays the one source. A bar below it adds a
   part, splits at the cursor, moves parts and numbers them; the same by keys in the text itself. */
(() => {
  const { Controller } = window.StimulusModule;
  const BREAK = /^[^\S\n]*-{3,}[^\S\n]*$/m;
  const LINE = '\n---\n';
  const NUMBER = /\s*\(\d{1,3}\/\d{1,3}\)$/;

  /* {text, start, end} of each part that is not empty; places as in the text. */
  function partsOf(text) {
    const found = [];
    let place = 0;
    text.split(BREAK).forEach((piece, index, pieces) => {
      const trimmed = piece.trim();
      const start = place + piece.indexOf(trimmed);
      if (trimmed) found.push({ text: trimmed, start, end: start + trimmed.length });
      place += piece.length;
      if (index < pieces.length - 1) place += text.slice(place).match(BREAK)[0].length;
    });
    return found;
  }

  const unnumbered = (text) => text.replace(NUMBER, '');
  const numbered = (texts) => texts.map((text, index) => `${unnumbered(text)} (${index + 1}/${texts.length})`);
  const isNumbered = (texts) => texts.length > 1 && texts.every((text) => NUMBER.test(text));

  class ThreadController extends Controller {
    static targets = ['list', 'number', 'row', 'said'];

    static values = { field: String, moved: String, shown: { type: Number, default: 60 } };

    connect() {
      this.field = document.getElementById(this.fieldValue);
      this.drawn = () => this.draw();
      this.pressed = (event) => this.onKey(event);
      this.field.addEventListener('input', this.drawn);
      this.field.addEventListener('sme-composer:followed', this.drawn);
      this.field.addEventListener('keydown', this.pressed);
      this.draw();
    }

    disconnect() {
      this.field.removeEventListener('input', this.drawn);
      this.field.removeEventListener('sme-composer:followed', this.drawn);
      this.field.removeEventListener('keydown', this.pressed);
    }

    onKey(event) {
      if (event.isComposing) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.split();
      } else if (event.altKey && event.shiftKey && ['ArrowUp', 'ArrowDown'].includes(event.key)) {
        event.preventDefault();
        this.shift(this.current(), event.key === 'ArrowUp' ? -1 : 1);
      }
    }

    add() {
      const texts = this.texts();
      this.write(texts.length ? `${this.join(texts)}${LINE}` : '');
      this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    }

    /* At the end of the text that begins the next part; within it two parts come of one. */
    split() {
      const { value, selectionStart: at } = this.field;
      if (!value.slice(at).trim()) {
        this.add();
        return;
      }
      const before = value.slice(0, at).trimEnd();
      const text = `${before}${before ? LINE : ''}${value.slice(at).trimStart()}`;
      const wasNumbered = isNumbered(this.texts());
      const texts = partsOf(text).map((part) => part.text);
      this.write(wasNumbered ? numbered(texts).join(LINE) : text);
      const place = partsOf(this.field.value)[partsOf(before).length] || { start: this.field.value.length };
      this.field.setSelectionRange(place.start, place.start);
    }

    up({ params }) {
      this.shift(params.index, -1, 'up');
    }

    down({ params }) {
      this.shift(params.index, 1, 'down');
    }

    shift(index, by, button) {
      const texts = this.texts();
      const target = index + by;
      if (index < 0 || target < 0 || target >= texts.length) return;
      const wasNumbered = isNumbered(texts);
      [texts[index], texts[target]] = [texts[target], texts[index]];
      this.write((wasNumbered ? numbered(texts) : texts).join(LINE));
      this.saidTarget.textContent = this.movedValue
        .replace('{from}', index + 1)
        .replace('{to}', target + 1)
        .replace('{total}', texts.length);
      const place = partsOf(this.field.value)[target];
      this.field.setSelectionRange(place.start, place.start);
      if (!button) return;
      const row = this.listTarget.children[target];
      const same = row.querySelector(`[data-${button}]`);
      (same.disabled ? row.querySelector('button:not(:disabled)') : same).focus();
    }

    toggleNumbers() {
      const texts = this.texts();
      const made = isNumbered(texts) ? texts.map(unnumbered) : numbered(texts);
      this.write(made.join(LINE));
      this.numberTarget.focus();
    }

    join(texts) {
      return (isNumbered(texts) ? numbered(texts) : texts).join(LINE);
    }

    texts() {
      return partsOf(this.field.value).map((part) => part.text);
    }

    /* The part that the cursor stands in, or after. */
    current() {
      const at = this.field.selectionStart;
      return partsOf(this.field.value).filter((part) => part.start <= at).length - 1;
    }

    /* As if typed, so that the browser can take it back. */
    write(text) {
      if (this.field.readOnly || this.field.disabled || this.field.value === text) return;
      this.field.focus();
      this.field.select();
      if (document.execCommand('insertText', false, text) && this.field.value === text) return;
      this.field.value = text;
      this.field.dispatchEvent(new Event('input', { bubbles: true }));
    }

    draw() {
      const texts = this.texts();
      const several = texts.length > 1;
      this.numberTarget.hidden = !several;
      this.numberTarget.setAttribute('aria-pressed', String(isNumbered(texts)));
      this.listTarget.hidden = !several;
      const shown = texts.join(LINE);
      if (shown === this.shownTexts) return;
      this.shownTexts = shown;
      this.listTarget.replaceChildren(...(several ? texts.map((text, index) => this.row(text, index, texts.length)) : []));
    }

    row(text, index, total) {
      const row = this.rowTarget.content.firstElementChild.cloneNode(true);
      const line = unnumbered(text).split('\n')[0];
      const short = [...line].slice(0, this.shownValue).join('');
      row.querySelector('[data-place]').textContent = `${index + 1}/${total}`;
      row.querySelector('[data-line]').textContent = short === line ? line : `${short}…`;
      row.querySelectorAll('[data-which]').forEach((name) => {
        name.textContent = `${index + 1}/${total}`;
      });
      ['up', 'down'].forEach((way) => {
        const button = row.querySelector(`[data-${way}]`);
        button.setAttribute('data-sme-thread-index-param', index);
        button.disabled = way === 'up' ? index === 0 : index === total - 1;
      });
      return row;
    }
  }

  window.wagtail.app.register('sme-thread', ThreadController);
})();
