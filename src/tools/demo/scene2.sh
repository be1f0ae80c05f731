# scene2.sh - a booking from hold to ticket, and every event of it in order.
# shellcheck shell=bash disable=SC2154 # names of scenes.sh and visitors.sh

find_show 's.hold_seconds >= 300'
heading 'What will happen'
tell "$show_words"
story <<'END'
Dora takes two seats, pays at the stand-in for a payment house (no money moves) and has her tickets: as a page,
as PDF, for her calendar, and by mail. Then the events that all this wrote are read, in order.
END
heading 'Where to look'
look "/shows/$show" 'the hall'
printf '  %s%s%s  %s\n' "$bold" "$sandbox_url/" "$plain" 'the payment house: all payments, and how to make trouble'
curtain

act '1. Two seats are held'
takes Dora 2
aside "POST /shows/$show/hold  seat=${ids//,/ seat=}   303"
seen "$names are Dora's for now"
expect 'the checkout is there' 200 "$(visit Dora "$hold")"
tell "The page says: $(grep -om1 'Held for you until <b>[0-9:]*</b>' "$scene/Dora.html" | plain_words)." \
    "Its button: $(grep -om1 '<button class="main">Pay [^<]*' "$scene/Dora.html" | plain_words)"

act '2. She pays'
goes_to_pay Dora "$hold"
aside "${cashier:0:60}…"
pays Dora

act '3. She comes back'
arrives Dora
tell "The page says: $(grep -om1 '<h1>.*</h1>' "$scene/Dora.html" | plain_words)"
reference=$(grep -om1 'Reference <b>[^<]*' "$scene/Dora.html" | plain_words)
reference=${reference#Reference }
expect 'with a code for the door on each ticket' 2 "$(grep -c 'class="qr"' "$scene/Dora.html")"
expect 'in the books both seats are sold' "confirmed confirmed" "$(for id in ${ids//,/ }; do seat_state "$id"; done | xargs)"

act '4. Paper'
cp "$scene/Dora.html" "$scene/tickets.html"
expect 'tickets as PDF' 200 "$(visit Dora "$booking.pdf")"
mv "$scene/Dora.html" "$scene/tickets.pdf"
expect 'which begin as a PDF does' %PDF "$(head -c 4 "$scene/tickets.pdf")"
expect 'a date for her calendar' 200 "$(visit Dora "$booking.ics")"
mv "$scene/Dora.html" "$scene/show.ics"
mail_came() { mail=$(grep -rlF "$reference" "$var/mail" | tail -n 1); [ -n "$mail" ]; }
until_so 60 'the mail with her tickets' mail_came
mail_came
tell "$mail" "$scene/tickets.pdf" "$scene/tickets.html" "$scene/show.ics"
look "${booking#"$url"}" 'her tickets: whoever has this address has them'

act '5. What was written, in order'
tell 'Each change wrote its event in the same transaction; foyer-relay takes it to whom it concerns.' ''
events=$(books "SELECT CONCAT('+', TIMESTAMPDIFF(MICROSECOND, (SELECT MIN(f.at) FROM outbox f WHERE f.show_id = o.show_id AND f.subject_id = b.hold_id), o.at)
    DIV 1000, ' ms'), o.type, COALESCE((SELECT GROUP_CONCAT(CONCAT(d.sink, ' ', d.state) ORDER BY d.sink SEPARATOR ', ') FROM deliveries d
    WHERE d.show_id = o.show_id AND d.outbox_id = o.outbox_id), '')
    FROM bookings b JOIN outbox o ON o.show_id = b.show_id AND (o.subject_id IN (b.hold_id, b.booking_id)
    OR o.subject_id IN (SELECT p.payment_id FROM payments p WHERE p.show_id = b.show_id AND p.hold_id = b.hold_id))
    WHERE b.show_id = $show AND b.hold_id = (SELECT MAX(x.hold_id) FROM bookings x WHERE x.show_id = $show AND x.email = 'dora@example.org')
    ORDER BY o.outbox_id")
while IFS=$'\t' read -r ms type sinks; do printf '  %10s  %-20s %s\n' "$ms" "$type" "$sinks"; done <<<"$events"
in_order=$(cut -f 2 <<<"$events" | grep -xE 'SEAT_HELD|BOOKING_PENDING|SEAT_SOLD|BOOKING_CONFIRMED|PAYMENT_PAID' | xargs)
expect 'held, pending, sold, confirmed, paid: none is missing, none comes twice' \
    'SEAT_HELD BOOKING_PENDING SEAT_SOLD BOOKING_CONFIRMED PAYMENT_PAID' "$in_order"
