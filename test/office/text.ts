/** What a person reads on a page: its words without the tags, one space between them. */
export function textOf(html: string): string {
  const body = html.slice(html.indexOf('<main'));
  return body
    .replace(/<svg[\s\S]*?<\/svg>/g, ' ')
    .replace(/<(?:span|bdi|strong)[^>]*class="money[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/([€¥]) (?=\d)/g, '$1')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,:;])/g, '$1')
    .trim();
}
