/** The files of a report. */
export function reportFiles(page: string, figures: object): Record<string, string> {
  return { 'report.html': page, 'report.json': JSON.stringify(figures) };
}
