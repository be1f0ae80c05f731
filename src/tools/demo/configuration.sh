# configuration.sh - secrets, foyer.conf and nginx's files, as ./demo fills them in.
# shellcheck shell=bash disable=SC2034,SC2154 # names of ./demo's

secret()	# secret NAME [PREFIX]: made once, readable for us only
{
	if [ ! -s "$var/secrets/$1" ]; then
		printf '%s%s' "${2:-}" "$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')" >"$var/secrets/$1"
	fi
}

# What the stand-ins and foyerd both know.
provider_secrets()
{
	secret stripe_key sk_test_ && secret stripe_webhook whsec_ &&
	    secret razorpay_id rzp_test_ && secret razorpay_key && secret razorpay_webhook &&
	    secret paypal_id && secret paypal_key && secret paypal_webhook
}

secret_text() { cat "$var/secrets/$1"; }

# PayPal names a webhook with seventeen capitals and digits.
paypal_webhook_id() { cut -c 1-17 "$var/secrets/paypal_webhook" | tr a-f A-F; }

write_conf()
{
	local extra=${FOYER_CONFIG_EXTRA:-/dev/null}
	secret token_key && secret ticket_key && secret db_password && provider_secrets
	awk -F ' *= *' 'extra { if ($0 !~ /^ *#/ && NF > 1) { sub(/^ */, "", $1); given[$1] } next } !($1 in given)' \
	    extra=1 "$extra" extra=0 - >"$conf.new" <<END
base_url = $url
run_dir = $run
live_socket = $run/live.sock
assets_file = $build/public/assets.list
paper_program = $build/foyer-paper
sql_dir = $src/sql
db_socket = $db_socket
db_name = $db_name
db_user = $db_name
db_password = file:$var/secrets/db_password
token_key = file:$var/secrets/token_key
ticket_key = file:$var/secrets/ticket_key
stripe_base_url = $sandbox_url
stripe_checkout_origin = $sandbox_url
stripe_secret_key = file:$var/secrets/stripe_key
stripe_webhook_secrets = file:$var/secrets/stripe_webhook
razorpay_base_url = $sandbox_url/razorpay
razorpay_checkout_origin = $sandbox_url
razorpay_key_id = $(secret_text razorpay_id)
razorpay_key_secret = file:$var/secrets/razorpay_key
razorpay_webhook_secrets = file:$var/secrets/razorpay_webhook
paypal_base_url = $sandbox_url/paypal
paypal_checkout_origin = $sandbox_url
paypal_client_id = $(secret_text paypal_id)
paypal_client_secret = file:$var/secrets/paypal_key
paypal_webhook_id = $(paypal_webhook_id)
paypal_webhook_check = certificate
paypal_certificates = $sandbox_url/paypal/v1/notifications/certs/
paypal_roots = $var/paypal-root.pem
mail_folder = $var/mail
report_log = $var/log/foyer-access.log
activity_page = yes
seller_name = Foyer Demonstration Ltd
seller_address = 1 Example Street | London E1 1AA
seller_tax_id = GB 000 0000 00
END
	cat "$extra" >>"$conf.new"
	mv "$conf.new" "$conf"
	write_nginx_conf
}

write_nginx_conf()
{
	local files user='' f
	files=$(ulimit -Hn)
	if [ "$files" = unlimited ] || [ "$files" -gt 65536 ]; then files=65536; fi
	if [ "$(id -u)" -eq 0 ]; then user='user root;'; fi
	for f in "$src"/nginx/*.conf "$src"/nginx/*.conf.in; do
		sed -e "s|@RUN_DIR@|$run|g; s|@CACHE_DIR@|$var/cache|g; s|@LOG_DIR@|$var/log|g; s|@CONF_DIR@|$var/nginx|g" \
		    -e "s|@STATIC_ROOT@|$build/public|g; s|@LISTEN@|$listen:$port|g; s|@SERVER_NAME@|_|g" \
		    -e "s|@OPERATORS_PORT@|$operators_port|g; s|@SANDBOX_PORT@|$sandbox_port|g; s|@USER_LINE@|$user|g" \
		    -e "s|@LIMITS@|${FOYER_LIMITS:-on}|g; s|@EXEMPT@|${FOYER_EXEMPT:-127.0.0.1}|g" \
		    -e "s|@OPEN_FILES@|$files|g; s|@CONNECTIONS@|$((files > 2000 ? files - 1000 : files / 2))|g" \
		    "$f" >"$var/nginx/$(basename "$f" .in)"
	done
}
