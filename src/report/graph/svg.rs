//! The server map as a canvas.
//!
//! Colours are those of Okabe and Ito ("Color Universal Design", 2008), and nothing is said by
//! colour alone: a single point has a ring and the words, a busy part its share.

use std::fmt::Write;

use super::Marks;
use super::canvas::{Canvas, INK, Text};
use super::layout::{Area, Layout, Sizes, Spacing, layout};
use super::map::{Arrow, Map, Place};
use crate::model::Model;

const TITLE: f64 = 15.0;
const LINE: f64 = 15.0;
const FRAME: f64 = 12.0;
/// Room of an arrow's text before the head, where a frame or ring may stand.
const BEFORE: f64 = 30.0;
/// Height of a frame's title.
const CAPTION: f64 = 18.0;
const RING: &str = "#D55E00";
const SINGLE: &str = "single point";
const SPACING: Spacing = Spacing {
    across: 56.0,
    down: 26.0,
    lanes: 58.0,
    passing: 14.0,
};

/// The map of `model`, with `marks`, as a complete SVG document.
pub fn svg(model: &Model, marks: &Marks) -> String {
    let map = Map::of(model);
    let labels: Vec<Vec<Text>> = map
        .arrows
        .iter()
        .map(|arrow| arrow_text(arrow, marks))
        .collect();
    let boxes: Vec<Vec<Text>> = map
        .places
        .iter()
        .map(|place| place_text(place, marks))
        .collect();
    let sizes = sizes(&map, &boxes, &labels);
    let plan = layout(&map, &sizes, &SPACING);
    let mut canvas = Canvas::default();
    for &host in &map.frames {
        let inside = (0..map.places.len()).filter(|&place| map.places[place].frame == Some(host));
        let name = &model.hosts[host.index()].name;
        canvas.frame(
            inside.map(|place| plan.boxes[place]),
            name,
            marks.hosts.contains(&host),
        );
    }
    canvas.arrows(&map, &plan, &labels);
    for ((place, area), lines) in map.places.iter().zip(&plan.boxes).zip(&boxes) {
        canvas.place(place, area, lines, marks);
    }
    canvas.finish(&model.name)
}

fn place_text(place: &Place, marks: &Marks) -> Vec<Text> {
    let mut lines = vec![Text {
        words: place.title.clone(),
        size: TITLE,
        colour: INK,
        bold: true,
        halo: false,
    }];
    lines.extend(place.notes.iter().cloned().map(Text::note));
    let Some(component) = place.component else {
        return lines;
    };
    if let Some(busy) = marks.utilisation.get(&component) {
        lines.push(Text::note(format!("{:.0} % busy", busy * 100.0)));
    }
    if marks.components.contains(&component) {
        lines.push(Text::warning(SINGLE.to_owned()));
    }
    lines
}

fn arrow_text(arrow: &Arrow, marks: &Marks) -> Vec<Text> {
    let single = arrow
        .switches
        .iter()
        .any(|switch| marks.switches.contains(switch));
    let path = arrow.path.clone().map(|path| {
        if single {
            Text::warning(format!("{path}: {SINGLE}"))
        } else {
            Text::note(path)
        }
    });
    path.into_iter()
        .chain(arrow.notes.iter().cloned().map(Text::note))
        .map(|line| Text { halo: true, ..line })
        .collect()
}

/// Height of what is written over the head of an arrow, with the arrow.
fn head_height(label: &[Text]) -> f64 {
    label.len() as f64 * LINE + 8.0
}

fn widest(lines: &[Text]) -> f64 {
    lines.iter().map(Text::width).fold(0.0, f64::max)
}

fn sizes(map: &Map, boxes: &[Vec<Text>], labels: &[Vec<Text>]) -> Sizes {
    let mut entering = vec![0.0; boxes.len()];
    for (arrow, label) in map.arrows.iter().zip(labels) {
        entering[arrow.to] += head_height(label);
    }
    let area = |(lines, entering): (&Vec<Text>, &f64)| {
        let own = lines.len() as f64 * LINE + 18.0;
        (widest(lines) + 24.0, own.max(*entering))
    };
    Sizes {
        boxes: boxes.iter().zip(&entering).map(area).collect(),
        labels: labels.iter().map(|label| widest(label) + BEFORE).collect(),
    }
}

/// What maps are drawn of.
impl Canvas {
    fn frame(&mut self, inside: impl Iterator<Item = Area>, name: &str, single: bool) {
        let Some(around) = inside.reduce(|a, b| {
            let (left, top) = (a.left.min(b.left), a.top.min(b.top));
            let width = a.right().max(b.right()) - left;
            Area {
                left,
                top,
                width,
                height: a.bottom().max(b.bottom()) - top,
            }
        }) else {
            return;
        };
        let words = if single {
            format!("{name}: {SINGLE}")
        } else {
            name.to_owned()
        };
        let caption = if single {
            Text::warning(words)
        } else {
            Text {
                bold: true,
                halo: false,
                ..Text::note(words)
            }
        };
        let area = Area {
            left: around.left - FRAME,
            top: around.top - FRAME - CAPTION,
            width: (around.width + 2.0 * FRAME).max(caption.width() + 2.0 * FRAME),
            height: around.height + 2.0 * FRAME + CAPTION,
        };
        let stroke = if single { (RING, 3) } else { ("#888888", 1) };
        let (colour, thick) = stroke;
        let style = format!("fill=\"#F4F4F4\" stroke=\"{colour}\" stroke-width=\"{thick}\"");
        self.rectangle(&area, 6.0, &style);
        self.text(
            area.left + FRAME,
            area.top + CAPTION - 2.0,
            "start",
            &caption,
        );
    }

    fn place(&mut self, place: &Place, area: &Area, lines: &[Text], marks: &Marks) {
        let busy = place
            .component
            .and_then(|id| marks.utilisation.get(&id))
            .copied();
        let single = place
            .component
            .is_some_and(|id| marks.components.contains(&id));
        if single {
            let ring = Area {
                left: area.left - 5.0,
                top: area.top - 5.0,
                width: area.width + 10.0,
                height: area.height + 10.0,
            };
            self.rectangle(
                &ring,
                9.0,
                &format!("fill=\"none\" stroke=\"{RING}\" stroke-width=\"3\""),
            );
        }
        let round = if place.component.is_none() {
            area.height / 2.0
        } else {
            5.0
        };
        let dashes = if place.external {
            " stroke-dasharray=\"6 4\""
        } else {
            ""
        };
        let fill = shade(busy.unwrap_or(0.0));
        self.rectangle(
            area,
            round,
            &format!("fill=\"{fill}\" stroke=\"{INK}\"{dashes}"),
        );
        let x = area.left + area.width / 2.0;
        let first = area.middle() - lines.len() as f64 * LINE / 2.0 + LINE - 3.0;
        for (number, line) in lines.iter().enumerate() {
            self.text(x, first + number as f64 * LINE, "middle", line);
        }
    }

    /// All arrows; those that enter the same box do so one under the other, in the order of
    /// where they come from, each under its own text.
    fn arrows(&mut self, map: &Map, plan: &Layout, labels: &[Vec<Text>]) {
        for to in 0..map.places.len() {
            let mut entering: Vec<usize> = (0..map.arrows.len())
                .filter(|&arrow| map.arrows[arrow].to == to && !plan.back[arrow])
                .collect();
            let height = |arrow: usize| {
                let from = plan.boxes[map.arrows[arrow].from];
                plan.passes[arrow].last().copied().unwrap_or(from).middle()
            };
            entering.sort_by(|&a, &b| height(a).total_cmp(&height(b)));
            let total: f64 = entering
                .iter()
                .map(|&arrow| head_height(&labels[arrow]))
                .sum();
            let mut y = plan.boxes[to].middle() - total / 2.0;
            for arrow in entering {
                let label = &labels[arrow];
                y += head_height(label);
                let drawn = &map.arrows[arrow];
                let head = (plan.boxes[to].left, y - 4.0);
                let from = &plan.boxes[drawn.from];
                self.arrow(from, &plan.passes[arrow], head, (label, drawn.spare));
            }
        }
        let floor = plan.size.1;
        for (turn, arrow) in (0..map.arrows.len())
            .filter(|&arrow| plan.back[arrow])
            .enumerate()
        {
            let drawn = &map.arrows[arrow];
            let (from, to) = (&plan.boxes[drawn.from], &plan.boxes[drawn.to]);
            let depth = floor + 30.0 + 24.0 * turn as f64;
            self.arrow_back(from, to, depth, (&labels[arrow], drawn.spare));
        }
    }

    fn arrow(
        &mut self,
        from: &Area,
        passes: &[Area],
        head: (f64, f64),
        (label, dashed): (&[Text], bool),
    ) {
        let start = head.0 - widest(label) - BEFORE;
        let (mut x, mut y) = (from.right(), from.middle());
        let mut path = format!("M{x:.1} {y:.1}");
        let ends = passes
            .iter()
            .map(|pass| (pass.left, pass.middle(), pass.right()));
        for (left, middle, right) in ends.chain([(start, head.1, head.0)]) {
            let bend = f64::midpoint(x, left);
            let _ = write!(
                path,
                " C{bend:.1} {y:.1} {bend:.1} {middle:.1} {left:.1} {middle:.1} \
                 L{right:.1} {middle:.1}",
            );
            (x, y) = (right, middle);
        }
        self.line(&path, dashed);
        for (number, line) in label.iter().rev().enumerate() {
            let baseline = head.1 - 4.0 - number as f64 * LINE;
            self.text(head.0 - BEFORE + 8.0, baseline, "end", line);
        }
    }

    /// From the foot of one box to the foot of another, below everything.
    fn arrow_back(&mut self, from: &Area, to: &Area, depth: f64, (label, dashed): (&[Text], bool)) {
        let (start, end) = (from.left + from.width * 0.6, to.left + to.width * 0.4);
        let path = format!(
            "M{start:.1} {:.1} C{start:.1} {depth:.1} {end:.1} {depth:.1} {end:.1} {:.1}",
            from.bottom(),
            to.bottom(),
        );
        self.line(&path, dashed);
        let (left, top) = (start.min(end), from.bottom());
        self.reach(&Area {
            left,
            top,
            width: 1.0,
            height: (depth - top).max(0.0),
        });
        // The curve's lowest point: three quarters of the way to its control points.
        let lowest = 0.75 * depth + 0.25 * f64::midpoint(from.bottom(), to.bottom());
        for (number, line) in label.iter().enumerate() {
            let baseline = lowest + (number + 1) as f64 * LINE;
            self.text(f64::midpoint(start, end), baseline, "middle", line);
        }
    }
}

/// White for idle to sky blue for busy.
fn shade(busy: f64) -> String {
    let mix = |full: f64| 255.0 + (full - 255.0) * busy.clamp(0.0, 1.0);
    format!(
        "#{:02X}{:02X}{:02X}",
        mix(86.0) as u8,
        mix(180.0) as u8,
        mix(233.0) as u8
    )
}
