/*
 * seatmap.js - the plan of a hall, alive: what is chosen and what it costs, arrow keys, and what others take meanwhile.
 * The plan is a form and can be ticked and sent before this file arrives; who gets a seat is decided by the server alone.
 */
const { say, store, asked, sendOnce } = window.foyer;
const form = document.getElementById("pick");

/* ---- find seats for me ---- */

const setUpBest = best => {
	const input = best.querySelector("#best"), button = best.querySelector("button:not([type])"), label = button.textContent;
	const step = by => {
		input.value = Math.min(input.max, Math.max(input.min, Number(input.value || 2) + by));
	};

	for (const [name, by] of [["less", -1], ["more", 1]]) {
		const b = best.querySelector(`.${name}`);

		b.hidden = false;
		b.addEventListener("click", () => step(by));
	}
	sendOnce(best, "finding", text => { button.textContent = text || label; });
};

for (const best of document.querySelectorAll(".best"))
	setUpBest(best);

/* ---- money, as the server writes it: "£1,015.50" ---- */

const sample = document.querySelector(".chip b")?.textContent || "0";
const sign = sample.replace(/[\d.,]+$/, "");
const digits = (sample.match(/\.(\d+)$/) || ["", ""])[1].length;
const minorOf = text => Number(text.replace(/\D/g, ""));
const moneyText = minor => {
	const whole = Math.floor(minor / 10 ** digits), part = String(minor % 10 ** digits).padStart(digits, "0");

	return sign + String(whole).replace(/\B(?=(\d{3})+$)/g, ",") + (digits ? `.${part}` : "");
};

/* ---- the seats of this plan ---- */

class Seat {
	constructor(input, row) {
		this.input = input;
		this.row = row;
		this.id = input.value;
		this.label = input.parentElement;
		this.column = Number((this.label.className.match(/\bc(\d+)/) || [0, 0])[1]);
		this.number = this.label.textContent.trim();
		this.name = row.label + (/\d$/.test(row.label) ? "-" : "") + this.number;
		/* "Row C seat 7, Stalls, £15.50, restricted view, free": the last part is the state. */
		this.spoken = input.getAttribute("aria-label").split(", ");
		this.price = minorOf(this.spoken.findLast(s => s.startsWith(sign) && /\d/.test(s)) || "0");
		this.own = this.label.classList.contains("m");
		this.state = ["f", "h", "x"].find(s => this.label.classList.contains(s)) || "b";
		this.chip = null;
	}

	get free() { return this.state === "f"; }
	get chosen() { return this.free && this.input.checked; }

	/* f, h, x or b; returns whether a chosen seat was lost. */
	become(state) {
		const lost = this.chosen && state !== "f", key = { f: "free", h: "held", x: "sold", b: "blocked" }[state];

		if (state === this.state)
			return false;
		this.label.classList.remove(this.state);
		this.label.classList.add(state);
		this.label.classList.toggle("gone", state !== "f");
		this.state = state;
		if (state !== "f") {
			if (document.activeElement === this.input)
				this.row.neighbour(this)?.input.focus();
			this.input.checked = false;
		}
		this.input.disabled = state !== "f";
		/* The state is one part, or two where it was "held by another buyer, may come back". */
		this.spoken.length = this.spoken.findLastIndex(s => s.startsWith(sign) && /\d/.test(s)) + 1 + this.marks();
		this.spoken.push(say(key));
		this.input.setAttribute("aria-label", this.spoken.join(", "));
		return lost;
	}

	marks() {
		return ["wc", "co", "rv"].filter(c => this.label.classList.contains(c)).length;
	}
}

class Row {
	constructor(fieldset) {
		this.label = fieldset.querySelector("b").textContent.trim();
		this.count = fieldset.querySelector("legend span");
		this.seats = [...fieldset.querySelectorAll("input")].map(input => new Seat(input, this));
		fieldset.querySelector(".hop")?.remove();
	}

	neighbour(seat) {
		return this.nearest(seat.column, s => s !== seat);
	}

	nearest(column, fits = () => true) {
		let best = null;

		for (const s of this.seats)
			if (s.free && fits(s) && (!best || Math.abs(s.column - column) < Math.abs(best.column - column)))
				best = s;
		return best;
	}

	/* One tab stop: the seat last used, the first chosen, or the first free. */
	rove(seat) {
		const stop = seat || this.seats.find(s => s.chosen) || this.seats.find(s => s.free && s.input.tabIndex === 0) ||
		    this.seats.find(s => s.free);

		for (const s of this.seats)
			s.input.tabIndex = s === stop ? 0 : -1;
	}

	recount() {
		this.count.textContent = String(this.seats.filter(s => s.free).length);
	}
}

class Plan {
	constructor() {
		this.rows = [...form.querySelectorAll("fieldset")].map(f => new Row(f));
		this.seats = new Map(this.rows.flatMap(r => r.seats).map(s => [s.id, s]));
		this.max = Number(form.dataset.max);
		this.changing = Boolean(form.dataset.changing);
		this.pickKey = `foyer.pick.${form.dataset.show}`;
		this.elsewhere = {};		/* chosen in other sections: id -> { name, row, price } */
		this.lost = [];
		this.taken = [];		/* seats that changed hands, for the crier */
		this.back = [];
		this.known = new Map();		/* id -> { state, version, freeAt }, of seats of other sections too */
		this.ahead = -Infinity;		/* the server's clock before ours, at least; ms */
		this.chips = [...document.querySelectorAll(".chip")].map(chip => ({ start: `${chip.dataset.name}, ${sign}`,
			number: chip.querySelector(".n"), free: 0 }));
		for (const seat of this.seats.values()) {
			const section = seat.spoken.slice(1).join(", ");

			seat.chip = this.chips.find(chip => section.startsWith(chip.start));
		}
	}

	/* All chosen seats, those of other sections first. */
	chosen() {
		const here = [...this.seats.values()].filter(s => s.chosen);

		return [...Object.values(this.elsewhere), ...here.map(s => ({ id: s.id, name: s.name, row: s.row.label, price: s.price }))];
	}

	/* In a big hall choices add up from section to section. */
	gather() {
		/* Seats of other sections that came with the page: kept after a refusal, or of the hold that is changed. */
		for (const { value, dataset } of form.querySelectorAll("input[data-name]"))
			this.elsewhere[value] = { id: value, name: dataset.name, row: dataset.row, price: minorOf(dataset.price) };
		if (!document.querySelector(".others") || this.changing)
			return;
		for (const [id, seat] of Object.entries(store.get(this.pickKey))) {
			if (this.seats.has(id))
				this.seats.get(id).input.checked = this.seats.get(id).free;
			else
				this.elsewhere[id] = seat;
		}
		this.writeElsewhere();
	}

	writeElsewhere() {
		for (const old of form.querySelectorAll("input[type=hidden]"))
			old.remove();
		for (const id of Object.keys(this.elsewhere)) {
			const input = document.createElement("input");

			input.type = "hidden";
			input.name = "seat";
			input.value = id;
			form.append(input);
		}
	}

	keep() {
		if (!this.changing)
			store.set(this.pickKey, Object.fromEntries(this.chosen().map(s => [s.id, s])));
	}

	/* Seats this very browser asked for are its own while they are held, never "taken". */
	sentBefore(id) {
		return Object.hasOwn(asked.of(form.dataset.show).seats, id);
	}

	ask(ids) {
		asked.put(form.dataset.show, Object.fromEntries(ids.map(id => [id, this.known.get(id)?.version ?? null])));
	}

	/*
	 * What is free, sold or blocked after it was asked for is ours no more, whoever holds it later. Where nothing was known then, the
	 * first hold that is heard of counts as ours. One version tells of a hold and of its end.
	 */
	forget(heard) {
		const { at, seats } = asked.of(form.dataset.show);
		let changed = false;

		for (const [id, word, version] of heard) {
			const before = seats[id];

			if (before === undefined || (word === "held") !== (before === null) || before !== null && version <= before)
				continue;
			if (word === "held")
				seats[id] = version - 1;
			else
				delete seats[id];
			changed = true;
		}
		if (changed)
			asked.put(form.dataset.show, seats, at);
	}

	/*
	 * News of seats (live.js); whole: seats it does not name were never taken. Returns how many seats were known to be otherwise.
	 * The clock must not go back with the computer's: a seat would be held for ever.
	 */
	hear(news, whole) {
		const heard = [];
		let fresh = 0;

		this.ahead = Math.max(this.ahead, news.at - performance.now());
		for (const [number, word, version, freeAt] of news.seats) {
			const id = String(number), before = this.known.get(id);

			if (before && version < before.version)
				continue;
			fresh += before || this.heardWhole ? version > (before?.version ?? 0) : 0;
			this.known.set(id, { state: { free: "f", held: "h", sold: "x", blocked: "b" }[word], version, freeAt });
			heard.push([id, word, version]);
		}
		this.forget(heard);
		if (whole) {
			this.heardWhole = true;
			for (const id of this.seats.keys())
				if (!this.known.has(id))
					this.known.set(id, { state: "f", version: 0 });
		}
		this.show();
		return fresh;
	}

	/* The state by now: at the end of its time a held seat is free, whether or not anybody says so. */
	stateAt(now, id) {
		const { state, freeAt } = this.known.get(id) ?? {};

		return state === "h" && freeAt <= now ? "f" : state;
	}

	/* All by one moment: a seat whose end came between two looks would be held for ever. */
	show() {
		const rows = new Set(), now = performance.now() + this.ahead;

		for (const seat of this.seats.values()) {
			let state = this.stateAt(now, seat.id);
			const before = seat.state;

			if (state === "h" && (seat.own || this.sentBefore(seat.id)))
				state = "f";
			if (!state || state === before)
				continue;
			if (seat.become(state))
				this.lost.push(seat.name);
			(state === "f" ? this.back : this.taken).push(seat.name);
			rows.add(seat.row);
		}
		this.showElsewhere(now);
		for (const row of rows) {
			row.recount();
			row.rove();
		}
		if (rows.size)
			this.recount();
		this.wake(now);
	}

	showElsewhere(now) {
		const gone = Object.keys(this.elsewhere).filter(id => !this.changing && ["h", "x", "b"].includes(this.stateAt(now, id)) &&
		    !this.sentBefore(id));

		for (const id of gone) {
			this.lost.push(this.elsewhere[id].name);
			delete this.elsewhere[id];
		}
		if (gone.length)
			this.writeElsewhere();
	}

	/* Comes back when the next hold ends. */
	wake(now) {
		const ends = [...this.seats.keys()].filter(id => this.stateAt(now, id) === "h").map(id => this.known.get(id).freeAt);

		clearTimeout(this.timer);
		if (ends.length)
			this.timer = setTimeout(() => {
				this.show();
				this.changed();
			}, Math.ceil(Math.min(...ends) - now));
	}

	changed() { }			/* set by whoever shows more than the plan */

	recount() {
		const meter = form.querySelector("meter");
		let free = 0;

		for (const chip of this.chips)
			chip.free = 0;
		for (const seat of this.seats.values()) {
			if (!seat.free)
				continue;
			free++;
			if (seat.chip)
				seat.chip.free++;
		}
		form.querySelector(".freenow b").textContent = String(free);
		meter.value = free;
		for (const chip of this.chips)
			chip.number.textContent = String(chip.free);
	}
}

/* ---- the summary ---- */

const listOf = names => names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${say("and")} ${names.at(-1)}`;

class Summary {
	constructor(plan) {
		this.plan = plan;
		this.line = document.querySelector(".bar .sum");
		this.button = document.querySelector(".bar button");
		this.bar = document.querySelector(".bar");
		this.state = this.said = "";
	}

	/* The sentence about what is chosen. */
	sentence(chosen) {
		const price = moneyText(chosen.reduce((sum, s) => sum + s.price, 0));
		const rows = [...new Set(chosen.map(s => s.row))];

		if (!chosen.length)
			return say("empty", { max: this.plan.max });
		if (chosen.length <= 4)
			return say("chosen", { seats: chosen.map(s => s.name).join(", "), price });
		return say(rows.length > 1 ? "chosen-rows" : "chosen-row", { n: chosen.length, rows: listOf(rows), price });
	}

	/* What happened to a choice of others' making: "C7 has just gone. C8 is still chosen." */
	loss(chosen) {
		const lost = this.plan.lost.splice(0), left = chosen.map(s => s.name);
		const about = (key, names) => say(`${key}-${names.length > 1 ? "many" : "one"}`, { seats: listOf(names) });

		if (!lost.length)
			return "";
		return about("gone", lost) + (left.length ? ` ${about("still", left)}` : "");
	}

	/* What was said stays until the buyer does something: then `said` is given, may be empty. */
	show(said = this.said) {
		if (!this.line)
			return;
		const chosen = this.plan.chosen(), n = chosen.length, verb = this.plan.changing ? "swap" : "hold";

		/* Sold out: nothing to press until a seat comes back. */
		this.bar.hidden = !n && ![...this.plan.seats.values()].some(s => s.free);
		this.said = this.loss(chosen) || said;
		this.put(this.state || this.sentence(chosen), this.said);
		if (n)
			this.button.textContent = say(n > 1 ? `${verb}-many` : `${verb}-one`, { n });
		else
			this.button.textContent = this.buttonAtFirst ??= this.button.textContent;
	}

	put(text, said) {
		const note = document.createElement("span");

		note.className = "said";
		note.textContent = said;
		if (this.line.textContent === text + said)
			return;			/* said aloud only when it changes */
		this.line.replaceChildren(text, ...said ? [note] : []);
	}

	tell(state) {
		this.state = state;
		this.show("");
	}
}

/* ---- keys: Tab from row to row, arrows from seat to seat, Space chooses ---- */

const setUpKeys = plan => {
	const rowOf = (seat, by) => {
		for (let i = plan.rows.indexOf(seat.row) + by; plan.rows[i]; i += by) {
			const there = plan.rows[i].nearest(seat.column);

			if (there)
				return there;
		}
		return null;
	};
	const inRow = (seat, by) => {
		const free = seat.row.seats.filter(s => s.free);

		return free[free.indexOf(seat) + by];
	};
	const moves = {
		ArrowLeft: s => inRow(s, -1),
		ArrowRight: s => inRow(s, 1),
		ArrowUp: s => rowOf(s, -1),
		ArrowDown: s => rowOf(s, 1),
		Home: s => s.row.seats.find(t => t.free),
		End: s => s.row.seats.findLast(t => t.free),
	};

	for (const row of plan.rows)
		row.rove();
	form.addEventListener("keydown", event => {
		const seat = plan.seats.get(event.target.value), move = moves[event.key];

		if (!seat || !move || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		move(seat)?.input.focus();
	});
	form.addEventListener("focusin", event => {
		const seat = plan.seats.get(event.target.value);

		seat?.row.rove(seat);
	});
};

/* ---- what others do ---- */

const REST = 10000, SHOWN = 8000;	/* ms between two sentences, and how long one stands */

/* Says in one quiet line which seats were just taken or came back: the first at once, then what gathered, seldom enough to be read out. */
class Crier {
	constructor(line) {
		this.line = line;
		this.taken = new Set();
		this.back = new Set();
		this.restUntil = 0;
	}

	/* A seat that is taken and comes back before it was cried is no news. */
	hear(taken, back) {
		for (const name of taken)
			this.back.delete(name) || this.taken.add(name);
		for (const name of back)
			this.taken.delete(name) || this.back.add(name);
		if (this.taken.size + this.back.size && !this.timer)
			this.timer = setTimeout(() => this.cry(), Math.max(200, this.restUntil - Date.now()));
	}

	sentence(key, names) {
		const kind = ["none", "one", "few", "few"][names.length] || "many";

		return kind === "none" ? "" : say(`${key}-${kind}`, { seats: listOf(names), n: names.length });
	}

	cry() {
		this.timer = 0;
		this.line.textContent = ["taken", "back"].map(key => this.sentence(key, [...this[key]])).filter(Boolean).join(" ");
		this.taken.clear();
		this.back.clear();
		this.restUntil = Date.now() + REST;
		clearTimeout(this.end);
		this.end = setTimeout(() => { this.line.textContent = ""; }, SHOWN);
	}
}

const goLive = (plan, summary) => {
	const crier = new Crier(form.querySelector(".news"));
	let first = true;		/* what the page did not know yet is not news */
	const note = new window.foyer.Note(form.querySelector(".live"), () => live.ask());
	const live = new window.foyer.Live({ show: Number(form.dataset.show), stream: form.dataset.stream, list: form.dataset.live,
		hear: (news, whole) => {
			const fresh = plan.hear(news, whole);

			plan.changed();
			first &&= !whole;
			return fresh;
		},
		tell: (state, updated) => note.tell(state, updated) });

	plan.changed = () => {
		const taken = plan.taken.splice(0), back = plan.back.splice(0);

		if (!first)
			crier.hear(taken, back);
		if (taken.length + back.length) {
			plan.keep();
			summary.show();
		}
	};
	live.begin();
};

/* ---- the page ---- */

for (const here of document.querySelectorAll(".others [aria-current]")) {
	const strip = here.closest("ul");

	strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

const showMiddle = plan => {
	const box = form.querySelector(".box"), chosen = [...plan.seats.values()].find(s => s.chosen);
	const middle = chosen ? chosen.label.offsetLeft + chosen.label.offsetWidth / 2 : box.scrollWidth / 2;

	box.scrollLeft = middle - box.clientWidth / 2;
};

const begin = () => {
	const plan = new Plan(), summary = new Summary(plan);

	if (document.querySelector(".note.bad"))
		asked.put(form.dataset.show, {});
	plan.gather();
	setUpKeys(plan);
	form.addEventListener("change", event => {
		let extra = "";

		if (event.target.checked && plan.chosen().length > plan.max) {
			event.target.checked = false;
			extra = say("most", { max: plan.max });
		}
		plan.keep();
		summary.show(extra);
	});
	sendOnce(form, "sending", text => summary.tell(text), () => {
		const ids = plan.chosen().map(s => s.id);

		if (!ids.length) {
			summary.show(say("first"));
			return false;
		}
		plan.ask(ids);
		store.set(plan.pickKey, {});
		return true;
	});
	summary.show();
	showMiddle(plan);
	goLive(plan, summary);
};

if (form)
	begin();
