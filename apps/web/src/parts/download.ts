/** Gives the reader a file that was made in the page. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser has taken the bytes when the click returns; the address would hold them as long as the page is open.
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
