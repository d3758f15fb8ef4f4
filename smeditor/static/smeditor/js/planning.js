/* Moves a delivery of the calendar to another time: by dragging it, or by its handle with the keyboard. Either fills the
   one form of the page and posts it to the very address that the list's own forms post to. Without this file the list
   does all that it does. */
(() => {
  const { Controller } = window.StimulusModule;

  const MINUTE = 60000;
  const LAST_MINUTE = 24 * 60 - 1;
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const NEAR = 5;

  const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  const two = (number) => String(number).padStart(2, '0');
  const clock = (minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

  class PlanController extends Controller {
    static targets = ['entry', 'handle', 'place', 'form', 'said'];

    static values = { view: String, grabbed: String, over: String, nowhere: String, kept: String };

    connect() {
      this.handleTargets.forEach((handle) => {
        handle.hidden = false;
      });
      this.follow = (event) => this.drag(event);
      this.finish = (event) => this.release(event);
      this.abort = (event) => {
        if (event.type === 'pointercancel' || event.key === 'Escape') this.stop(this.keptValue);
      };
      if (document.readyState === 'complete') this.focusMoved();
      else window.addEventListener('load', () => window.setTimeout(() => this.focusMoved(), 0), { once: true });
    }

    /* Whoever moved something goes on from there; before the page has loaded, the browser takes the focus away again. */
    focusMoved() {
      const moved = /^#delivery-\d+$/.test(window.location.hash) && document.querySelector(window.location.hash);
      const handle = moved && moved.querySelector('.sme-grab');
      if (handle) handle.focus();
    }

    disconnect() {
      this.stop();
    }

    say(words) {
      this.saidTarget.textContent = words;
    }

    /* Where an entry may go, beginning with the fields of the table, in their order. */
    fieldsFor(entry) {
      return this.placeTargets.filter((place) => !place.dataset.exact && this.takes(place, entry));
    }

    takes(place, entry) {
      return !place.dataset.account || place.dataset.account === entry.dataset.account;
    }

    /* The slot that an entry gets on a place: in what the form posts. ``minutes``: since midnight, or since the hour began. */
    slotOn(place, minutes) {
      const { exact, begin, day } = place.dataset;
      if (exact) return exact;
      if (begin) return new Date(Date.parse(begin) + (minutes % 60) * MINUTE).toISOString();
      return `${day}T${clock(minutes)}`;
    }

    namedOn(place, minutes) {
      if (place.dataset.exact) return place.dataset.label;
      const time = this.viewValue === 'day' ? `:${two(minutes % 60)}` : clock(minutes);
      return `${place.dataset.label}, ${time}`;
    }

    start(entry, way) {
      this.stop();
      const minutes = minutesOf(entry.dataset.time);
      this.moving = { entry, way, minutes, at: minutes, from: entry.closest('.sme-cell'), place: null };
      entry.classList.add('sme-slot--moving');
      const handle = entry.querySelector('.sme-grab');
      handle.setAttribute('aria-pressed', 'true');
      this.say(this.grabbedValue.replace('{post}', entry.querySelector('a').textContent.trim().replace(/\s+/g, ' ')));
    }

    stop(words = '') {
      if (!this.moving) return;
      const { entry, way } = this.moving;
      this.mark(null);
      entry.classList.remove('sme-slot--moving');
      entry.style.transform = '';
      entry.querySelector('.sme-grab').setAttribute('aria-pressed', 'false');
      if (way === 'pointer') {
        document.removeEventListener('pointermove', this.follow);
        document.removeEventListener('pointerup', this.finish);
        document.removeEventListener('pointercancel', this.abort);
        document.removeEventListener('keydown', this.abort);
      }
      this.moving = null;
      if (words) this.say(words);
    }

    mark(place) {
      if (this.marked) this.marked.classList.remove('sme-cell--over');
      this.marked = place;
      if (place) place.classList.add('sme-cell--over');
    }

    choose(place) {
      this.moving.place = place;
      this.mark(place);
      this.say(place ? this.overValue.replace('{place}', this.namedOn(place, this.moving.at)) : this.nowhereValue);
    }

    drop() {
      const { entry, place, at, minutes, from } = this.moving;
      if (!place || (place === from && at === minutes)) {
        this.stop(place ? this.keptValue : this.nowhereValue);
        return;
      }
      const { slot, seen_slot: seen, next } = this.formTarget.elements;
      slot.value = this.slotOn(place, at);
      seen.value = entry.dataset.slot;
      next.value = `${window.location.pathname}${window.location.search}#${entry.id}`;
      this.formTarget.action = entry.dataset.url;
      this.stop();
      this.formTarget.requestSubmit();
    }

    /* The keyboard: Enter or Space on the handle, arrows, Enter or Space again. */

    click(event) {
      // What a screen reader presses comes as a click without a pointer; a pointer's own ends in ``release``.
      if (event.detail === 0) this.toggle(event.currentTarget.closest('.sme-slot'));
    }

    toggle(entry) {
      if (this.moving && this.moving.entry === entry) {
        this.drop();
      } else {
        this.start(entry, 'keyboard');
        this.moving.place = this.moving.from;
        this.mark(this.moving.from);
      }
    }

    key(event) {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        this.toggle(event.currentTarget.closest('.sme-slot'));
      } else if (this.moving && event.key === 'Escape') {
        event.preventDefault();
        this.stop(this.keptValue);
      } else if (this.moving && STEPS[event.key]) {
        event.preventDefault();
        this.step(...STEPS[event.key]);
      }
    }

    /* A week: a day across, an hour up and down. A month: a day across, a week up and down. A day: five minutes across, an
       hour up and down. */
    step(across, along) {
      const { entry, at } = this.moving;
      const forward = document.dir === 'rtl' ? -across : across;
      if (this.viewValue === 'week') this.stepIn(entry, forward, at + along * 60);
      else if (this.viewValue === 'month') this.stepIn(entry, forward + along * 7, at);
      else this.stepIn(entry, along, at + forward * 5);
    }

    stepIn(entry, fields, minutes) {
      const among = this.fieldsFor(entry);
      const all = [...this.element.querySelectorAll('.sme-cell')].filter((cell) => this.takes(cell, entry));
      const place = all[all.indexOf(this.moving.place) + fields];
      const day = this.viewValue === 'day';
      const within = day ? Math.floor(minutes / 60) === Math.floor(this.moving.at / 60) : minutes >= 0 && minutes <= LAST_MINUTE;
      if (!among.includes(place) || !within) {
        this.say(this.nowhereValue);
        return;
      }
      this.moving.at = minutes;
      this.choose(place);
    }

    leave() {
      if (this.moving && this.moving.way === 'keyboard') this.stop(this.keptValue);
    }

    /* The pointer: a mouse takes the whole entry, a finger its handle, for a finger on the entry leafs through the page. */

    press(event) {
      const handle = event.target.closest('.sme-grab');
      if (event.button !== 0 || (event.pointerType !== 'mouse' && !handle)) return;
      this.pressed = { entry: event.currentTarget, x: event.clientX, y: event.clientY };
      document.addEventListener('pointermove', this.follow);
      document.addEventListener('pointerup', this.finish);
      document.addEventListener('pointercancel', this.abort);
      document.addEventListener('keydown', this.abort);
    }

    drag(event) {
      const { entry, x, y } = this.pressed;
      const [right, down] = [event.clientX - x, event.clientY - y];
      if (!this.moving || this.moving.way !== 'pointer') {
        if (Math.hypot(right, down) < NEAR) return;
        this.start(entry, 'pointer');
      }
      event.preventDefault();
      entry.style.transform = `translate(${right}px, ${down}px)`;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const place = under && under.closest('[data-sme-plan-target~="place"]');
      const fits = place && this.takes(place, entry) ? place : null;
      if (fits !== this.moving.place || this.marked !== fits) this.choose(fits);
    }

    release(event) {
      if (!this.moving || this.moving.way !== 'pointer') {
        this.forget();
        return;
      }
      event.preventDefault();
      // The click that follows would open the delivery.
      const stay = (click) => {
        click.preventDefault();
        click.stopPropagation();
      };
      this.pressed.entry.addEventListener('click', stay, { capture: true, once: true });
      window.setTimeout(() => this.pressed && this.pressed.entry.removeEventListener('click', stay, true), 0);
      this.drop();
    }

    forget() {
      document.removeEventListener('pointermove', this.follow);
      document.removeEventListener('pointerup', this.finish);
      document.removeEventListener('pointercancel', this.abort);
      document.removeEventListener('keydown', this.abort);
    }
  }

  window.wagtail.app.register('sme-plan', PlanController);
})();
