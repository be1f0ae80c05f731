/*
 * sections.js - the sections of a big hall, alive: hears what becomes of the show's seats as an open plan does (live.js), and when that
 * changes what stands here asks for this page again, at most once in five seconds. Nothing is replaced that may have the focus.
 */
const house = document.querySelector(".house");
const LEAST = 5000, KEPT = 3000;	/* ms between two looks; how old a page may be that nginx gives out */

class Sections {
	constructor() {
		this.known = new Map();		/* seat -> version */
		this.heardWhole = false;
		this.version = -1;		/* of the last whole list */
		this.heardAt = 0;
		this.timer = 0;
	}

	/* See Live; a whole list also has the count of free seats, and a version that grows when time alone frees one. */
	hear(news, whole) {
		let fresh = 0;

		for (const [id, , version] of news.seats) {
			const before = this.known.get(id) ?? 0;

			fresh += this.heardWhole || this.known.has(id) ? version > before : 0;
			this.known.set(id, Math.max(before, version));
		}
		const other = whole && (news.free !== this.free() || (this.heardWhole && news.version !== this.version));

		if (whole) {
			this.heardWhole = true;
			this.version = news.version;
		}
		if (fresh || other)
			this.changed();
		return fresh;
	}

	free() {
		return Number(house.querySelector(".freenow b").textContent);
	}

	changed() {
		this.heardAt = performance.now();
		this.timer ||= setTimeout(() => this.look(), LEAST * (1 + Math.random() / 2));
	}

	/* Where this fails, the next list of seats tells that the counts here are others. */
	async look() {
		const from = performance.now();

		try {
			const answer = await fetch(location.pathname, { cache: "no-cache", signal: AbortSignal.timeout(8000) });

			if (answer.ok)
				this.show(new DOMParser().parseFromString(await answer.text(), "text/html"));
		} catch { /* as above */ }
		this.timer = 0;
		if (this.heardAt > from - KEPT)
			this.changed();
	}

	show(page) {
		const sections = page.querySelectorAll(".house .sect");
		const note = page.querySelector(".side > .note"), old = document.querySelector(".side > .note");

		house.querySelectorAll(".sect").forEach((a, i) => {
			const now = sections[i];

			if (now?.href !== a.href || now.innerHTML === a.innerHTML)
				return;
			a.className = now.className;
			a.replaceChildren(...document.importNode(now, true).childNodes);
		});
		for (const part of [".freenow", ".count meter"])
			house.querySelector(part).replaceWith(document.importNode(page.querySelector(part), true));
		if (note?.textContent === old?.textContent)
			return;
		old?.remove();
		if (note)
			document.querySelector(".side .what").after(document.importNode(note, true));
	}
}

if (house?.dataset.stream) {
	const { Live, Note } = window.foyer, sections = new Sections();
	const note = new Note(house.querySelector(".live"), () => live.ask());
	const live = new Live({ show: Number(house.dataset.show), stream: house.dataset.stream, list: house.dataset.live,
		hear: (news, whole) => sections.hear(news, whole), tell: (state, updated) => note.tell(state, updated) });

	live.begin();
}
