/*
 * timer.js - counts the seconds the server said are left. It goes by the time of day, so sleep, a tab in the background and
 * Back cannot make it wrong; at the end the server is asked again, for it alone decides.
 */
const say = window.foyer ? window.foyer.say : () => "";
const spoken = [300, 120, 60, 30];
const navigation = performance.getEntriesByType("navigation")[0];
/* The server counted when it answered; the line may have been slow since. */
const late = navigation ? Math.max(0, performance.now() - navigation.responseStart) : 0;

const clockText = s => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;

const timeText = s =>
	s < 60 ? say("seconds", { n: s }) : s < 120 ? say("minute") : say("minutes", { n: Math.round(s / 60) });

class Timer {
	constructor(element) {
		this.element = element;
		this.clock = element.querySelector(".clock");
		this.bar = element.querySelector("progress");
		this.speech = element.querySelector("[data-say]");
		this.begun = Number(element.dataset.secondsLeft);
		this.end = Date.now() - late + this.begun * 1000;
		this.last = this.begun + 1;
		this.over = false;
	}

	tick() {
		const left = Math.max(0, Math.ceil((this.end - Date.now()) / 1000));

		if (left === this.last)
			return;
		this.clock.textContent = clockText(left);
		if (this.bar)
			this.bar.value = left;
		this.element.classList.toggle("ending", left <= 120);
		this.speak(left);
		this.last = left;
		if (left === 0 && !this.over) {
			this.over = true;
			/* A page that came with nothing left asks less often. */
			setTimeout(() => location.reload(), this.begun > 2 ? 1000 : 5000);
		}
	}

	speak(left) {
		const passed = spoken.some(s => this.last > s && left <= s);

		if (this.speech && passed && left > 0 && this.last <= this.begun)
			this.speech.textContent = say("say", { time: timeText(left) });
	}
}

const timers = [...document.querySelectorAll("[data-seconds-left]")].map(e => new Timer(e));
const tickAll = () => timers.forEach(t => t.tick());

if (timers.length) {
	tickAll();
	setInterval(tickAll, 250);
	document.addEventListener("visibilitychange", tickAll);
	/* Back to a page of the past: the hold may have been paid, extended or changed since. */
	window.addEventListener("pageshow", event => {
		if (event.persisted)
			location.reload();
	});
}
