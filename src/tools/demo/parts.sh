# parts.sh - how each part of ./demo is started; those that are programs of ours, and nginx.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's

start_foyerd()
{
	local foyerd version
	foyerd=$(program foyerd) || return 1
	version=$(version_of "$foyerd" "$conf" "$build/public/assets.list")
	if current foyerd "$version"; then return 0; fi
	rm -f "$run"/{public[0-3],pay,webhook,staff}.sock
	launch foyerd "$version" "$foyerd" -c "$conf"
	wait_for foyerd 30 test -S "$run/staff.sock"
}

start_psp()
{
	local sandbox version
	sandbox=$(program foyer-sandbox) || return 1
	version=$(version_of "$sandbox" "$conf")
	if current psp "$version"; then return 0; fi
	rm -f "$run/sandbox.sock"
	launch psp "$version" "$sandbox" --socket "$run/sandbox.sock" --state "$var/sandbox.json" \
	    --webhook-url "http://127.0.0.1:$port/webhooks" --public-url "$sandbox_url" \
	    --secret-key "$(secret_text stripe_key)" --webhook-secret "$(secret_text stripe_webhook)" \
	    --razorpay-key-id "$(secret_text razorpay_id)" --razorpay-key-secret "$(secret_text razorpay_key)" \
	    --razorpay-webhook-secret "$(secret_text razorpay_webhook)" \
	    --paypal-client-id "$(secret_text paypal_id)" --paypal-secret "$(secret_text paypal_key)" \
	    --paypal-webhook-id "$(paypal_webhook_id)" --paypal-root "$var/paypal-root.pem"
	wait_for psp 10 test -S "$run/sandbox.sock"
}

start_nginx()
{
	local nginx version
	nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo 'nginx is not installed'; return 1; }
	version=$(version_of "$nginx" "$var"/nginx/*.conf)
	if current nginx "$version"; then return 0; fi
	ports_are_free || return 1
	rm -f "$run"/{render,live,operators}.sock
	launch nginx "$version" "$nginx" -e "$var/log/nginx-error.log" -p "$var/" -c "$var/nginx/private.conf"
	wait_for nginx 10 test -S "$run/operators.sock"
}

ready()
{
	curl -fsS -m 5 --unix-socket "$run/operators.sock" http://foyer/readyz
}

start_relay()
{
	local relay version
	relay=$(program foyer-relay) || return 1
	version=$(version_of "$relay" "$conf")
	if current relay "$version"; then return 0; fi
	rm -f "$run"/relay?.sock
	launch relay "$version" "$relay" -c "$conf"
	wait_for relay 10 test -S "$run/relay0.sock" -o -S "$run/relay1.sock"
}

start_cron()
{
	if current cron minute; then return 0; fi
	FOYER_VAR=$var FOYER_BUILD=$build launch cron minute "$src/demo" every-minute
}

# The stand-in for cron: what the installed crontab does.
every_minute()
{
	local reaper
	reaper=$(program foyer-reaper)
	while :; do
		"$reaper" -c "$conf" || true
		sleep $((60 - $(date +%s) % 60))
	done
}
