/*
 * foyer.js - what several pages share: the sentences of the page for scripts, what this tab remembers, and forms that are sent once.
 * Every page works without any script; no sentence stands in a script.
 */
(() => {
	"use strict";
	const words = new Map();
	const template = document.getElementById("words");

	if (template)
		for (const p of template.content.querySelectorAll("[data-w]"))
			words.set(p.dataset.w, p.textContent);

	/* The sentence called key, its {braces} filled. */
	const say = (key, values = {}) =>
		(words.get(key) || "").replace(/\{(\w+)\}/g, (all, name) => name in values ? values[name] : all);

	/* What this tab remembers, by key; {} where nothing is. */
	const store = {
		get(key) {
			try {
				return JSON.parse(sessionStorage.getItem(key)) || {};
			} catch {
				return {};
			}
		},
		set(key, value) {
			try {
				sessionStorage.setItem(key, JSON.stringify(value));
			} catch { /* private windows may refuse; then sections do not add up */ }
		},
	};

	/*
	 * The seats of a show that this tab asked for: { at (ms), seats: { id: version } }, the version being what was known of the seat
	 * when it was asked for; null: nothing was.
	 */
	const asked = {
		key: show => `foyer.sent.${show}`,
		of(show) {
			const { at = 0, seats = {} } = store.get(asked.key(show));

			return Date.now() - at < 35 * 60 * 1000 ? { at, seats } : { at, seats: {} };
		},
		put: (show, seats, at = Date.now()) => store.set(asked.key(show), { at, seats }),
	};

	/*
	 * Lets a form be sent once, and says so: tell(text) shows the state, tell("") takes it back. May be asked before
	 * with allow(event); a page that comes Back from the cache of the browser is as new.
	 */
	const sendOnce = (form, sending, tell, allow = () => true) => {
		let sent = false, timer = 0;

		const buttons = () => [...document.querySelectorAll("button")].filter(b => b.form === form && b.type === "submit");
		const reset = () => {
			sent = false;
			clearTimeout(timer);
			for (const b of buttons())
				b.removeAttribute("aria-disabled");
			tell("");
		};
		form.addEventListener("submit", event => {
			if (event.submitter?.hasAttribute("formaction"))	/* another button, that goes elsewhere */
				return;
			if (sent || !allow(event)) {
				event.preventDefault();
				return;
			}
			sent = true;
			for (const b of buttons())
				b.setAttribute("aria-disabled", "true");
			tell(say(sending));
			timer = setTimeout(() => tell(say("slow")), 8000);
		});
		window.addEventListener("pageshow", event => {
			if (event.persisted)
				reset();
		});
	};

	window.foyer = { say, store, asked, sendOnce };
})();
