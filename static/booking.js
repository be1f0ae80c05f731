/* booking.js - the Print button, which could do nothing without a script. */
for (const button of document.querySelectorAll(".print")) {
	button.hidden = false;
	button.addEventListener("click", () => window.print());
}
