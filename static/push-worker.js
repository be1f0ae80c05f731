/*
 * push-worker.js - shows what the house tells this browser (src/relay/push.c says what it sends), and on a press opens the page that it
 * is about. It does nothing else: it answers no requests and keeps nothing.
 */
self.addEventListener("push", event => {
	const { title, body, path, tag } = event.data.json();

	event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "/favicon.ico", data: { path } }));
});

self.addEventListener("notificationclick", event => {
	const { href, origin, pathname } = new URL(event.notification.data.path, self.location.origin);

	event.notification.close();
	event.waitUntil((async () => {
		const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
		const open = windows.find(w => new URL(w.url).pathname === pathname);

		if (origin !== self.location.origin)
			return;
		await (open ? open.focus() : self.clients.openWindow(href));
	})());
});
