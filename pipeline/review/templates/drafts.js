"use strict";
// Drafts: the browser keeps what an annotator does, one entry a document, in IndexedDB. An entry counts as kept when its
// transaction is complete, not before: a page that is closed or reloaded earlier asks first. Every entry has a revision,
// so a second window of the same page takes over what the first one did, and a write that meets a revision which its
// window never showed hands that back instead of burying it.
function openDrafts(page, told) {
  const name = "biaozhu-review";
  const seen = new Map(); // entry -> the revision that this window shows
  let base = null;
  let channel = null;
  let waiting = 0;

  function open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: ["page", "entry"] });
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        base = request.result;
        channel = new BroadcastChannel(name);
        channel.onmessage = (event) => { if (event.data === page) told(); };
        resolve();
      };
    });
  }

  // The entries that this window has not shown yet, as [entry, value].
  function news() {
    return new Promise((resolve, reject) => {
      const all = IDBKeyRange.bound([page], [page, []]);
      const request = base.transaction("drafts").objectStore("drafts").getAll(all);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const found = request.result.filter((item) => item.revision > (seen.get(item.entry) ?? 0));
        for (const item of found) seen.set(item.entry, item.revision);
        resolve(found.map((item) => [item.entry, item.value]));
      };
    });
  }

  // Resolves when the value is kept, with the value of another window that it replaced unseen, or null.
  function keep(entry, value) {
    waiting += 1;
    return new Promise((resolve, reject) => {
      const change = base.transaction("drafts", "readwrite", { durability: "strict" });
      const store = change.objectStore("drafts");
      let unseen = null;
      store.get([page, entry]).onsuccess = (event) => {
        const stored = event.target.result;
        if (stored && stored.revision !== seen.get(entry)) unseen = stored.value;
        const revision = (stored?.revision ?? 0) + 1;
        seen.set(entry, revision);
        store.put({ page, entry, revision, value });
        change.commit();
      };
      change.onabort = () => reject(change.error);
      change.oncomplete = () => { channel.postMessage(page); resolve(unseen); };
    }).finally(() => { waiting -= 1; });
  }

  return { open, news, keep, isWaiting: () => waiting > 0 };
}
