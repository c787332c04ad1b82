// How does a table look as a line? <time-plot> draws the table inside it, and leaves the table there to be read: the
// first column holds instants, each other one a series.
import uPlot from "uplot";

// uPlot's own words: from which step on, how an instant is written, and what is added where a day begins.
const HOURS = [
  [86400, "{D} {MMM}", null, null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
] as uPlot.Axis.Values;

class TimePlot extends HTMLElement {
  private plot?: uPlot;

  connectedCallback(): void {
    const table = this.querySelector("table");
    const canvas = this.querySelector<HTMLElement>("[data-canvas]");
    if (!table || !canvas || this.plot) return;
    const rows = [...table.tBodies[0]!.rows];
    const seconds = rows.map((row) => Date.parse(row.querySelector("time")!.dateTime) / 1000);
    const names = [...table.tHead!.rows[0]!.cells].slice(1).map((cell) => cell.textContent!.trim());
    const values = names.map((_, at) => rows.map((row) => Number(row.cells[at + 1]!.textContent!.replace(/\D/g, ""))));
    const style = getComputedStyle(this);
    const of = (name: string): string => style.getPropertyValue(name).trim();
    const strokes = [of("--green-ink"), of("--accent"), of("--soft")];
    const axis = { stroke: of("--soft"), grid: { stroke: of("--line"), width: 1 }, ticks: { show: false }, font: `13px ${of("--text")}` };
    this.plot = new uPlot(
      {
        width: canvas.clientWidth,
        height: 200,
        cursor: { y: false },
        legend: { live: true },
        hooks: { setLegend: [(plot) => (plot.legend.idx ?? plot.legend.idxs?.[0]) == null && plot.setLegend({ idx: seconds.length - 1 }, false)] },
        scales: { y: { range: (_u, _low, high) => [0, Math.max(4, high * 1.1)] } },
        axes: [{ ...axis, values: HOURS }, { ...axis, size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000] }],
        series: [
          { value: seconds[1]! - seconds[0]! < 86400 ? "{D} {MMM}, {HH}:{mm}" : "{D} {MMM}", label: table.tHead!.rows[0]!.cells[0]!.textContent!.trim() },
          ...names.map((label, at) => ({ label, stroke: strokes[at]!, width: 2, points: { show: false }, fill: at ? undefined : of("--green-wash") })),
        ],
      },
      [seconds, ...values],
      canvas,
    );
    canvas.hidden = false;
    const folded = this.querySelector("details");
    if (folded) folded.open = false;
    new ResizeObserver(() => this.plot?.setSize({ width: canvas.clientWidth, height: 200 })).observe(canvas);
  }
}
customElements.define("time-plot", TimePlot);
