/* city.js - brings the chosen day into view in the strip of days. */
for (const day of document.querySelectorAll(".days [aria-current]")) {
	const strip = day.closest("ul");

	strip.scrollLeft = day.offsetLeft - strip.offsetLeft - (strip.clientWidth - day.offsetWidth) / 2;
}
