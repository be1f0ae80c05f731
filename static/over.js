/* over.js - after the end of a hold its seats are nobody's: the plan of the hall shows who has them (seatmap.js). */
window.foyer.asked.put(document.getElementById("main").dataset.show, {});
