/*
 * activity.js - keeps the page of what is happening up to date: asks for the same page every two seconds while somebody looks, and puts
 * its counts and its list in the place of the old ones. What is new is marked for a moment. While the box office is silent the last page
 * there was is given out: its age tells, and it is asked for less and less often. No sentence stands here.
 */
(() => {
	"use strict";
	const EVERY = 2000, MOST = 60000, PATIENCE = 8000;	/* ms */
	const OLD = 12000;		/* ms; a page is kept for three seconds at most while the box office answers */
	const PARTS = ["today", "newest", "things"];
	const fresh = document.getElementById("fresh");
	let timer = 0, failures = 0;

	const tell = live => {
		fresh.querySelector(".live").hidden = !live;
		fresh.querySelector(".off").hidden = live;
		fresh.querySelector("a").hidden = live;
	};

	const keys = list => new Set([...list.querySelectorAll("[data-key]")].map(li => li.dataset.key));

	/* A part in which somebody has the keyboard's focus, or chosen text, waits for its turn. */
	const busy = part => part.contains(document.activeElement) || !getSelection().isCollapsed && part.contains(getSelection().anchorNode);

	const show = page => {
		for (const id of PARTS) {
			const old = document.getElementById(id), part = page.getElementById(id);

			if (!part || old.innerHTML === part.innerHTML || busy(old))
				continue;
			const known = keys(old), now = document.importNode(part, true);

			for (const li of now.querySelectorAll("[data-key]"))
				li.classList.toggle("new", known.size > 0 && !known.has(li.dataset.key));
			old.replaceWith(now);
		}
	};

	const look = async () => {
		try {
			const answer = await fetch("/activity", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });

			if (!answer.ok)
				throw new Error(answer.status);
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");

			show(page);
			/* Both times are the server's: when it was made, and when it was sent. */
			if (Date.parse(answer.headers.get("date")) - Number(page.getElementById("fresh").dataset.at) > OLD)
				throw new Error("old");
			failures = 0;
		} catch {
			failures++;
		}
		tell(!failures);
		next();
	};

	/* Each browser at its own moment. */
	const next = () => {
		clearTimeout(timer);
		if (!document.hidden)
			timer = setTimeout(look, (0.75 + Math.random() / 4) * Math.min(MOST, EVERY * 2 ** failures));
	};

	document.addEventListener("visibilitychange", () => document.hidden ? clearTimeout(timer) : look());
	look();
})();
