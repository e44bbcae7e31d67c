// A browser that took part before says so, to be the same person after its code is scanned again.
export default function ({ data, parentElement, setTriggerValue }) {
  let token = null;
  try { token = localStorage.getItem(`join-${data.code}`); } catch { /* a private window remembers nothing */ }
  if (token && !parentElement.asked) { parentElement.asked = true; setTriggerValue("token", token); }
}
