// The browser's own dialog: to paper or to a PDF file.
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => print();
}
