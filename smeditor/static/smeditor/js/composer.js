/* The composer: each chosen account beside the text of a post, as the server says it will look there, brought up to date
   while one writes. What differs on one account is written in its card; the fields there are those of Wagtail's own panel
   for variants, moved into the card, so that Wagtail's form and its autosave save them. */
(() => {
  const { Controller } = window.StimulusModule;
  const VARIANTS = 'variants';
  const MEDIA = 'media';

  class ComposerController extends Controller {
    static targets = ['accounts', 'empty', 'fold', 'general', 'lengths', 'problems', 'said', 'tools'];

    static values = {
      url: String,
      post: Number,
      lost: String,
      media: String,
      refused: String,
      delay: { type: Number, default: 350 },
    };

    connect() {
      this.form = this.element.closest('form');
      this.text = this.form?.elements.text;
      if (!this.text) return;
      this.typed = (event) => this.onTyped(event);
      this.gathered = (event) => this.leaveCommonOut(event.formData);
      this.form.addEventListener('input', this.typed);
      this.form.addEventListener('change', this.typed);
      this.form.addEventListener('formdata', this.gathered);
      this.offerTools(this.text);
      this.arrange();
      this.rememberStart();
      this.refresh();
    }

    /* Wagtail looks at the form two seconds after the page has come, and takes what was typed until then for what was
       there: it would neither be saved by itself nor be asked about. */
    rememberStart() {
      const start = this.unsaved?.formData;
      if (start === undefined) return;
      const seen = () => {
        if (this.hasTyped) this.unsaved.initialFormData = start;
      };
      this.form.addEventListener('w-unsaved:watch-edits', seen, { once: true });
    }

    disconnect() {
      window.clearTimeout(this.timer);
      if (!this.text) return;
      this.form.removeEventListener('input', this.typed);
      this.form.removeEventListener('change', this.typed);
      this.form.removeEventListener('formdata', this.gathered);
    }

    get unsaved() {
      return window.wagtail.app.getControllerForElementAndIdentifier(this.form, 'w-unsaved');
    }

    saving() {
      this.sent = this.unsaved?.formData;
    }

    /* After the first saving the post has an address of its own. What was typed while it was being saved is not saved yet,
       though Wagtail then takes all that is there for saved. */
    saved(event) {
      const { pk, field_updates: updates } = event.detail.response || {};
      if (pk) this.postValue = pk;
      // What changes without an event, such as an order by dragging, is shown at the latest now.
      if (this.asked !== this.unsaved?.formData) this.refresh();
      if (this.sent === undefined) return;
      const sent = new URLSearchParams(this.sent);
      Object.entries(updates || {}).forEach(([name, value]) => sent.has(name) && sent.set(name, value));
      if (this.unsaved.formData === sent.toString()) return;
      this.unsaved.initialFormData = sent.toString();
      this.unsaved.previousFormData = sent.toString();
    }

    onTyped(event) {
      this.hasTyped = true;
      if (event.target === this.text) this.followCommon();
      else if (this.isOwnText(event.target)) event.target.dataset.follows = event.target.value === this.text.value;
      this.nameOwn();
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.refresh(), this.delayValue);
    }

    /* the answer of the server */

    async refresh() {
      const turn = (this.turn || 0) + 1;
      this.turn = turn;
      this.asked = this.unsaved?.formData;
      const data = new FormData(this.form);
      if (this.postValue) data.set('composed_post', this.postValue);
      try {
        const response = await fetch(this.urlValue, {
          method: 'POST',
          headers: {
            Accept: 'application/json',
            'X-CSRFToken': data.get('csrfmiddlewaretoken'),
            'X-Requested-With': 'XMLHttpRequest',
          },
          body: data,
        });
        if (turn !== this.turn) return;
        if (response.status === 403) this.showProblems([this.refusedValue]);
        else this.show(await response.json());
      } catch {
        if (turn === this.turn) this.showProblems([this.lostValue]);
      }
    }

    show({ cards, problems, general }) {
      this.showProblems(problems);
      replace(this.generalTarget, general);
      let last = null;
      cards.forEach(({ account, html }) => {
        const fresh = fragment(html).firstElementChild;
        const present = this.section(account);
        if (present) {
          replace(present.querySelector('[data-shown]'), fresh.querySelector('[data-shown]').innerHTML);
          last = present;
          return;
        }
        if (last) last.after(fresh);
        else this.accountsTarget.prepend(fresh);
        last = fresh;
      });
      const chosen = cards.map(({ account }) => String(account));
      [...this.accountsTarget.children].forEach((section) => {
        if (!chosen.includes(section.dataset.account)) this.remove(section);
      });
      this.emptyTarget.hidden = cards.length > 0;
      this.showLengths(cards.flatMap(({ lengths }) => lengths));
      this.arrange();
      this.element.dataset.turn = this.turn;
    }

    showProblems(problems) {
      this.problemsTarget.hidden = !problems.length;
      this.problemsTarget.replaceChildren(...problems.map((problem) => element('li', '', problem)));
    }

    showLengths(lengths) {
      if (this.hasLengthsTarget) {
        this.lengthsTarget.replaceChildren(
          ...lengths.map((length) => {
            const item = element('li', `sme-counter__item${length.fits ? '' : ' sme-counter__item--over'}`, '');
            item.append(element('span', 'sme-counter__name', length.name), ' ', element('span', '', length.sentence));
            return item;
          }),
        );
      }
      const over = lengths.filter((length) => !length.fits);
      const said = over.map((length) => `${length.name}: ${length.sentence}`).join('. ');
      if (this.saidTarget.textContent !== said) this.saidTarget.textContent = said;
    }

    remove(section) {
      [VARIANTS, MEDIA].forEach((kind) => {
        this.rowsOf(kind, section.dataset.account).forEach((row) => panelOf(kind).append(row));
      });
      section.remove();
    }

    /* what differs on one account */

    change({ params }) {
      const account = String(params.account);
      if (!this.variantOf(account)) this.add(VARIANTS, account);
      this.arrange();
      this.field(this.variantOf(account), 'text').focus();
    }

    /* An image or video for this account alone: it then shows no other. */
    ownMedia({ params }) {
      const account = String(params.account);
      const row = this.add(MEDIA, account);
      this.arrange();
      row.querySelector('button:not([hidden]), a[href]')?.focus();
    }

    /* Wagtail's panel adds a row, which is made this account's. */
    add(kind, account) {
      document.getElementById(`id_${kind}-ADD`).click();
      const added = this.rows(kind).at(-1);
      const field = this.field(added, 'account');
      field.value = account;
      field.dispatchEvent(new Event('change', { bubbles: true }));
      return added;
    }

    /* The accounts' own texts that were kept in the browser. */
    putBack({ detail }) {
      Object.entries(detail.texts).forEach(([account, text]) => {
        if (!this.section(account)) return;
        this.change({ params: { account } });
        const field = this.field(this.variantOf(account), 'text');
        field.value = text;
        field.dispatchEvent(new Event('input', { bubbles: true }));
      });
    }

    common({ params }) {
      const account = String(params.account);
      [VARIANTS, MEDIA].forEach((kind) => {
        this.rowsOf(kind, account).forEach((row) => {
          document.getElementById(`${this.field(row, 'DELETE').id}-button`).click();
          panelOf(kind).append(row);
        });
      });
      this.arrange();
      this.section(account).querySelector('[data-change]').focus();
    }

    /* Put what is one account's own into its card; the panels that it comes from are left to what has no card. */
    arrange() {
      const panel = panelOf(VARIANTS)?.closest('section.w-panel');
      if (!panel) return;
      [...this.accountsTarget.children].forEach((section) => {
        const { account } = section.dataset;
        const own = [VARIANTS, MEDIA].flatMap((kind) => this.host(kind, account, section));
        section.querySelector('[data-own]').hidden = !own.length;
        section.querySelector('[data-common]').hidden = !own.length;
        section.querySelector('[data-change]').hidden = Boolean(this.variantOf(account)) || !canAdd(VARIANTS);
        section.querySelector('[data-own-media]').hidden = !this.variantOf(account) || !canAdd(MEDIA);
      });
      panel.hidden = !this.rows(VARIANTS).some((variant) => panel.contains(variant));
      this.nameOwn();
    }

    host(kind, account, section) {
      const slot = section.querySelector(`[data-slot="${kind}"]`);
      const rows = this.rowsOf(kind, account);
      rows.forEach((row) => {
        if (slot.contains(row)) return;
        slot.append(row);
        hide(this.field(row, 'account'));
        if (kind === VARIANTS) this.prepare(row);
      });
      if (kind === MEDIA) boundMoves(rows);
      return rows;
    }

    /* Which of an account's fields are its own, beside its name. */
    nameOwn() {
      [...this.accountsTarget.children].forEach((section) => {
        const { account } = section.dataset;
        const variant = this.variantOf(account);
        const names = variant ? this.ownFields(variant).map(labelOf) : [];
        if (this.rowsOf(MEDIA, account).length) names.push(this.mediaValue);
        section.querySelector('[data-own-fields]').textContent = names.filter(Boolean).join(', ');
      });
    }

    ownFields(variant) {
      return [...variant.querySelectorAll('input, textarea, select')].filter((field) => {
        if (/-(?:id|account|DELETE|ORDER)$/.test(field.name) || !field.name.startsWith(VARIANTS)) return false;
        if (this.isOwnText(field)) return field.value.trim() && field.value !== this.text.value;
        return field.type === 'checkbox' ? field.checked : !['', 'unknown'].includes(field.value.trim());
      });
    }

    /* An own text begins as the post's, and follows it until it is changed. Below it the rest is folded in. */
    prepare(variant) {
      const text = this.field(variant, 'text');
      const place = text.closest('.w-panel__wrapper');
      const fold = this.foldTarget.content.firstElementChild.cloneNode(true);
      while (place?.nextElementSibling) fold.append(place.nextElementSibling);
      place?.after(fold);
      fold.open = this.ownFields(variant).some((field) => field !== text);
      if (!text.value.trim()) text.value = this.text.value;
      text.dataset.follows = text.value === this.text.value;
      this.offerTools(text);
      window.requestAnimationFrame(() => text.dispatchEvent(new Event('autosize:update')));
    }

    /* The bar for threads below a text, once. */
    offerTools(text) {
      if (text.dataset.tools) return;
      text.dataset.tools = 'true';
      const bar = this.toolsTarget.content.firstElementChild.cloneNode(true);
      bar.querySelectorAll('[data-controller]').forEach((part) => {
        part.setAttribute(`data-${part.dataset.controller}-field-value`, text.id);
      });
      bar.querySelector('[role="listbox"]').id = `${text.id}-suggestions`;
      text.after(bar);
    }

    followCommon() {
      this.rows(VARIANTS).forEach((variant) => {
        const text = this.field(variant, 'text');
        if (text.dataset.follows !== 'true') return;
        text.value = this.text.value;
        text.dispatchEvent(new CustomEvent('sme-composer:followed', { bubbles: true }));
        text.dispatchEvent(new Event('autosize:update'));
      });
    }

    /* A text that is the post's own is saved as none, so that it goes on following it. */
    leaveCommonOut(data) {
      this.rows(VARIANTS).forEach((variant) => {
        const text = this.field(variant, 'text');
        if (text.value === this.text.value) data.set(text.name, '');
      });
    }

    isOwnText(field) {
      return /^variants-\d+-text$/.test(field.name || '');
    }

    /* Wagtail's rows of one of its panels, those that were deleted left out, in the order in which they were made. */
    rows(kind) {
      return [...this.form.querySelectorAll(`[id^="inline_child_${kind}-"]`)]
        .filter((row) => /^inline_child_[a-z]+-\d+$/.test(row.id) && this.field(row, 'DELETE').value !== '1')
        .sort((one, other) => numberOf(one) - numberOf(other));
    }

    rowsOf(kind, account) {
      const order = (row) => Number(this.field(row, 'ORDER')?.value || 0);
      return this.rows(kind)
        .filter((row) => this.field(row, 'account')?.value === account)
        .sort((one, other) => order(one) - order(other));
    }

    variantOf(account) {
      return this.rowsOf(VARIANTS, account)[0];
    }

    field(row, name) {
      return this.form.elements.namedItem(`${row.id.replace('inline_child_', '')}-${name}`);
    }

    section(account) {
      return this.accountsTarget.querySelector(`[data-account="${account}"]`);
    }
  }

  const panelOf = (kind) => document.getElementById(`id_${kind}-FORMS`);
  const canAdd = (kind) => Boolean(document.getElementById(`id_${kind}-ADD`));
  const numberOf = (row) => Number(row.id.split('-').at(-1));

  /* The first of an account's images cannot be moved up, the last one not down. */
  function boundMoves(rows) {
    rows.forEach((row, place) => {
      const [up, down] = ['up', 'down'].map((way) => row.querySelector(`[data-inline-panel-child-move-${way}]`));
      if (up) up.disabled = place === 0;
      if (down) down.disabled = place === rows.length - 1;
    });
  }

  /* A field with its label: the largest place in which it stands alone. */
  function hide(field) {
    const others = (place) => place.querySelectorAll('input:not([type="hidden"]), select, textarea').length > 1;
    let place = field;
    while (!others(place.parentElement)) place = place.parentElement;
    place.hidden = true;
  }

  function labelOf(field) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    return label ? label.textContent.replace('*', '').trim().toLowerCase() : '';
  }

  function element(name, classes, text) {
    const made = document.createElement(name);
    if (classes) made.className = classes;
    made.textContent = text;
    return made;
  }

  function fragment(html) {
    const template = document.createElement('template');
    template.innerHTML = html;
    return template.content;
  }

  const shownHtml = new WeakMap();

  /* What was unfolded stays so. */
  function replace(place, html) {
    if (shownHtml.get(place) === html) return;
    const open = [...place.querySelectorAll('details')].map((fold) => fold.open);
    place.replaceChildren(fragment(html));
    shownHtml.set(place, html);
    [...place.querySelectorAll('details')].forEach((fold, index) => {
      if (open[index]) fold.open = true;
    });
  }

  window.wagtail.app.register('sme-composer', ComposerController);
})();
