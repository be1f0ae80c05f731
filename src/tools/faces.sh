#!/bin/sh
# faces.sh DIR - writes the pages nginx shows when Foyer itself cannot answer: DIR/400.html and so on. They stand alone but for
# one style sheet, promise nothing about seats or money that could be untrue, and those that may pass ask again by themselves.
set -eu

dir=$1

# face CODE SECONDS TITLE SENTENCE: SECONDS 0 does not ask again.
face() {
	refresh='' again='<p><a class="button main" href="/">See what is on</a></p>'
	if [ "$2" -gt 0 ]; then
		refresh="<meta http-equiv=\"refresh\" content=\"$2\">
"
		again="<p>Trying again in $2 seconds.</p>
<p>Had you just paid? Your payment is safe: <a href=\"/holds\">see Your seats</a>.</p>"
	fi
	cat > "$dir/$1.html" <<EOF
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
$refresh<link rel="stylesheet" href="/static/foyer.css">
<title>$3 · Foyer</title>
</head>
<body>
<header class="top">
<div class="wide">
<p class="brand"><a href="/">Foyer</a></p>
</div>
</header>
<main class="wide narrow">
<h1>$3</h1>
<p class="lead">$4</p>
$again
<p class="small">$1</p>
</main>
</body>
</html>
EOF
}

face 400 0 'We did not understand that' 'Part of the address or of what was sent was not as we expect it. Nothing new was held or charged.'
face 413 0 'That was too much at once' 'What was sent is larger than we take. Nothing new was held or charged.'
face 429 5 'That was very fast' 'Many requests came from your address in a short time. Nothing new was held or charged.'
face 502 5 'We are back in a moment' 'The box office is just starting again. Nothing new was held or charged.'
face 503 5 'Very busy' 'Many people are here at once. Nothing new was held or charged.'
face 504 5 'This takes longer than it should' 'The answer did not come in time. Seats you had chosen may already be yours; you were not charged by this.'
