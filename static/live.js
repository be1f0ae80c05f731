/*
 * live.js - hears what becomes of a show's seats: server-sent events while they come, and else the list of seats every few seconds.
 * What is said is written in src/domain/live_seats.h. Whatever is heard goes to hear(), in the order it came, which need not be that of
 * the changes: a seat's version tells what is newer. A message that is not of that shape, or of another show, changes nothing.
 */
(() => {
	"use strict";
	const { say } = window.foyer;
	const QUIET = 45000;		/* ms; nginx says something every 15 seconds */
	const OLD = 12000, LATE = 4000;	/* ms; a list is kept for three seconds at most while the box office answers */
	const SHORT = 4000;		/* ms; a break that nobody need be told of */
	const SECOND = 1000;		/* an answer's date is no finer */
	const STATES = ["free", "held", "sold", "blocked"];
	const among = (from, to) => from + Math.random() * (to - from);

	const isSeat = seat => Array.isArray(seat) && Number.isSafeInteger(seat[0]) && STATES.includes(seat[1]) &&
	    Number.isSafeInteger(seat[2]) && seat[2] >= 0 && (seat[1] === "held" ? Number.isSafeInteger(seat[3]) && seat[3] > 0 : true);

	/* The news in a text, or null. */
	const newsOf = (text, show) => {
		let news = null;

		try {
			news = JSON.parse(text);
		} catch {
			return null;
		}
		return news && news.show === show && Number.isSafeInteger(news.at) && Array.isArray(news.seats) && news.seats.every(isSeat) ?
			news : null;
	};

	class Live {
		/*
		 * show: its number. stream, list: addresses. hear(news, whole): takes the news; returns how many seats were news indeed.
		 * tell(state, updated): "live"; "asking": the list is asked for every few seconds; "silent": nobody answers since `updated` (ms).
		 */
		constructor({ show, stream, list, hear, tell }) {
			Object.assign(this, { show, stream, list, hear, tell });
			this.source = null;
			this.open = false;
			this.brokenAt = this.updated = Date.now();
			this.tries = this.failures = this.missed = 0;
			this.number = 0;		/* of the last message; 0: none was heard yet */
			this.neededAt = 0;		/* a list is needed that was read after this (performance.now()); 0: none is */
		}

		/* ---- the stream ---- */

		connect() {
			this.disconnect();
			if (document.hidden || !window.EventSource)
				return;
			const source = this.source = new EventSource(this.stream);

			source.addEventListener("open", () => this.opened());
			source.addEventListener("ping", () => this.alive());
			source.addEventListener("message", event => this.message(event.data));
			source.addEventListener("error", () => this.broke(source.readyState === EventSource.CLOSED));
		}

		disconnect() {
			this.source?.close();
			this.source = null;
			clearTimeout(this.watch);
			clearTimeout(this.retry);
			if (this.open)
				this.brokenAt = Date.now();
			this.open = false;
		}

		alive() {
			clearTimeout(this.watch);
			this.watch = setTimeout(() => {
				this.connect();
				this.soon();
			}, QUIET);
		}

		/* Nobody knows what was said before: the list does. After a break all come back at once, so each waits a moment of its own. */
		opened() {
			const again = this.tries > 0;

			this.open = true;
			this.tries = 0;
			this.alive();
			this.soon(again ? among(0, 3000) : among(0, 500));
		}

		message(text) {
			const news = newsOf(text, this.show);

			if (!news || !Number.isSafeInteger(news.n))
				return;
			this.alive();
			if (this.number && news.n !== this.number + 1)
				this.soon(among(0, 1500));	/* something in between was lost */
			this.number = news.n;
			this.missed = 0;
			this.hear(news, false);
			this.say();
		}

		/* A lost connection the browser takes up again by itself; after a refusal it does not. */
		broke(refused) {
			if (this.open)
				this.brokenAt = Date.now();
			this.open = false;
			this.tries++;
			clearTimeout(this.watch);
			if (refused) {
				clearTimeout(this.retry);
				this.retry = setTimeout(() => this.connect(), among(1, 2) * Math.min(60000, 2000 * 2 ** this.tries));
			}
			if (this.tries === 1)
				this.soon(among(0, 2000));
		}

		/* ---- the list ---- */

		later(ms) {
			clearTimeout(this.timer);
			if (!document.hidden)
				this.timer = setTimeout(() => this.ask(), ms);
		}

		/* Asks although messages come, for a list that was read from now on: it may tell more than they did. */
		soon(ms = 0) {
			this.neededAt = performance.now();
			this.later(ms);
			this.due = true;
		}

		async ask() {
			clearTimeout(this.timer);
			this.due = false;
			try {
				const answer = await fetch(this.list, { cache: "no-cache", signal: AbortSignal.timeout(8000) });
				const news = answer.ok ? newsOf(await answer.text(), this.show) : null;

				if (!news)
					throw new Error(String(answer.status));
				this.take(news, Date.parse(answer.headers.get("date")));
			} catch {
				this.failures++;
			}
			this.say();
			if (!this.due)
				this.later(this.neededAt && !this.failures ? among(1000, 1500) : this.pace());
		}

		take(news, sent) {
			const age = sent ? Math.max(0, sent - news.at) : 0, expected = this.neededAt > 0;

			this.updated = Date.now() - age;
			if (performance.now() - age - SECOND >= this.neededAt)
				this.neededAt = 0;
			this.late = age > LATE;
			/* The last answer there was, given out while the box office is silent. */
			if (age > OLD) {
				this.failures = Math.max(2, this.failures + 1);
				return;
			}
			this.failures = 0;
			if (!this.hear(news, true) && this.missed < 2)
				this.missed = 0;
			else if (this.open && !expected && ++this.missed === 2)
				this.connect();			/* the stream is there, but what happens is not said on it */
		}

		/* Each browser at its own moment; less often while there is no answer, and where the stream has proved that it is spoken on. */
		pace() {
			const trusted = this.open && this.number && !this.missed && !this.late;

			return trusted && !this.failures ? among(12000, 18000) : among(2500, 3500) * 2 ** Math.min(this.failures, 4);
		}

		say() {
			if (this.failures >= 2)
				this.tell("silent", this.updated);
			else if ((this.open && this.missed < 2) || Date.now() - this.brokenAt < SHORT)
				this.tell("live");
			else
				this.tell("asking");
		}

		begin() {
			const wake = () => {
				this.connect();
				this.soon();
			};

			/* A browser has few connections to spare, so only a plan that is seen has one. */
			document.addEventListener("visibilitychange", () => {
				if (!document.hidden)
					return wake();
				this.disconnect();
				clearTimeout(this.timer);
				return undefined;
			});
			window.addEventListener("pagehide", () => this.disconnect());
			window.addEventListener("pageshow", event => {
				if (event.persisted)
					wake();
			});
			this.connect();
			this.soon(among(1000, 3000));
		}
	}

	/* Whether the plan is live: silence means yes. */
	class Note {
		constructor(line, refresh) {
			this.line = line;
			this.refresh = refresh;
			this.state = "live";
			this.clock = line.dataset.now.split(":").map(Number);
			this.since = Date.now();
		}

		/* The venue's time at a moment, from the one the page came with. */
		timeText(at) {
			const minutes = this.clock[0] * 60 + this.clock[1] + Math.floor((at - this.since) / 60000);

			return `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
		}

		tell(state, updated) {
			const button = document.createElement("button");

			if (state === this.state)
				return;
			this.state = state;
			this.line.classList.toggle("asking", state === "asking");
			button.type = "button";
			button.textContent = say("refresh");
			button.addEventListener("click", () => this.refresh());
			if (state === "silent")
				this.line.replaceChildren(say("offline", { time: this.timeText(updated) }), button);
			else
				this.line.replaceChildren(...state === "asking" ? [say("asking")] : []);
		}
	}

	Object.assign(window.foyer, { Live, Note });
})();
