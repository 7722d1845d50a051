//! Designs by cost and p95, and those that nothing beats.

use super::axis::{Axis, AxisUnit};
use super::panel::{Frame, Labels, Marker, Panel, Pen};
use super::picture::{Anchor, Dash, Picture, SIZE, SMALL, colour, fitting, picture};
use crate::experiment::result::{FrontierPoint, FrontierResult, Standing};

const FRAME: Frame = Frame {
    left: 60,
    top: 70,
    right: 500,
    bottom: 440,
};
/// Where the list of designs begins, and its rows.
const LIST: (i32, i32, i32) = (530, 76, 19);
/// Designs that are listed by name.
const LISTED: usize = 18;

const FRONT: Pen = Pen {
    colour: colour::BLUE,
    dash: Dash::Solid,
    marker: Marker::Disc,
};
const UNDECIDED: Pen = Pen {
    colour: colour::ORANGE,
    dash: Dash::Solid,
    marker: Marker::Triangle,
};
const BEATEN: Pen = Pen {
    colour: colour::GREY,
    dash: Dash::Solid,
    marker: Marker::Square,
};

/// The plot; `None` without two points that have a price.
pub fn plot(found: &FrontierResult) -> Option<String> {
    let placed: Vec<(&FrontierPoint, (f64, f64))> = found
        .points
        .iter()
        .filter(|point| point.standing != Standing::Overloaded)
        .filter_map(|point| Some((point, (point.cost_per_month?, point.response_p95_s.value?))))
        .collect();
    if placed.len() < 2 {
        return None;
    }
    let title = format!("{}: p95 against cost", found.header.topology.name);
    Some(picture(&title, |picture| draw(picture, &placed)))
}

fn draw(picture: &Picture<'_>, placed: &[(&FrontierPoint, (f64, f64))]) {
    let most = |of: fn(&(f64, f64)) -> f64| placed.iter().map(|(_, at)| of(at)).fold(0.0, f64::max);
    let (right, top) = (most(|at| at.0), most(|at| at.1));
    let least = placed.iter().map(|(_, at)| at.1).fold(top, f64::min);
    let unit = AxisUnit::time(top);
    let x = Axis::from_zero(right * 1.05, 5.0, AxisUnit::plain(""));
    let (y, how) = if least > 0.0 && top / least > 25.0 {
        (Axis::log(least * 0.9, top, unit), ", log scale")
    } else {
        (Axis::from_zero(top * 1.05, 5.0, unit), "")
    };
    let what = format!("p95 ({}{how})", y.unit());
    let mut panel = Panel::new(picture, FRAME, x, y, Labels::Both);
    let mut front: Vec<_> = placed
        .iter()
        .filter(|(point, _)| point.standing == Standing::Front)
        .collect();
    front.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1)));
    panel.line(
        &stairs(&front),
        Pen {
            marker: Marker::None,
            ..FRONT
        },
    );
    for (point, at) in placed {
        let pen = match point.standing {
            Standing::Front => continue,
            Standing::Undecided => UNDECIDED,
            Standing::Beaten | Standing::Overloaded | Standing::Unseen => BEATEN,
        };
        panel.dot(*at, pen);
    }
    for (place, (_, at)) in front.iter().enumerate() {
        panel.dot(*at, FRONT);
        let (x, y) = panel.pixel(*at);
        if place < LISTED {
            picture.small((x + 8, y - 9), &(place + 1).to_string(), Anchor::Start);
        }
    }
    list(picture, &front);
    legend(picture);
    picture.label((FRAME.left, 50), &what, Anchor::Start);
    let middle = FRAME.left.midpoint(FRAME.right);
    picture.label((middle, 482), "cost per month", Anchor::Middle);
}

/// The least p95 that so much money buys: along a step to the next price, then down. Points that
/// are there for another criterion lie above it.
fn stairs(front: &[&(&FrontierPoint, (f64, f64))]) -> Vec<(f64, Option<f64>)> {
    let mut line: Vec<(f64, Option<f64>)> = Vec::new();
    let mut lowest = f64::INFINITY;
    for (_, (cost, p95)) in front {
        if *p95 < lowest {
            if lowest.is_finite() {
                line.push((*cost, Some(lowest)));
            }
            line.push((*cost, Some(*p95)));
            lowest = *p95;
        }
    }
    line
}

/// The designs of the front by their numbers.
fn list(picture: &Picture<'_>, front: &[&(&FrontierPoint, (f64, f64))]) {
    let (x, first, row) = LIST;
    let mut y = first;
    for (place, (point, _)) in front.iter().take(LISTED).enumerate() {
        let values: Vec<&str> = point.bare_values().collect();
        let name = format!("{}  {}", place + 1, values.join(", "));
        let name = fitting(&name, SMALL, SIZE.0 - x - 10);
        picture.small((x, y), &name, Anchor::Start);
        y += row;
    }
    if front.len() > LISTED {
        let more = format!("and {} more", front.len() - LISTED);
        picture.small((x, y), &more, Anchor::Start);
    }
}

/// Shapes beside their colours, so that they can be told apart without them.
fn legend(picture: &Picture<'_>) {
    let keys = [
        (FRONT, "● beaten by none"),
        (UNDECIDED, "▲ perhaps beaten"),
        (BEATEN, "■ beaten"),
    ];
    let mut x = 300;
    for (pen, name) in keys {
        picture.coloured((x, 50), name, pen.colour);
        x += 165;
    }
}

#[cfg(test)]
mod tests {
    use super::super::svg::Svg;
    use super::*;
    use crate::report::sample;

    #[test]
    fn points_of_the_front_are_numbered_and_listed() {
        let found = sample::frontier();
        let svg = Svg::read(&plot(&found).unwrap());
        svg.check();
        let front = found.points.iter();
        let front = front
            .filter(|point| point.standing == Standing::Front)
            .count();
        assert_eq!(svg.discs_in(colour::BLUE), front);
        assert!(svg.has_text("1  small, 2"), "{:?}", svg.texts());
        assert!(svg.has_text("cost per month"));
    }

    #[test]
    fn without_prices_there_is_nothing_to_draw() {
        let mut found = sample::frontier();
        for point in &mut found.points {
            point.cost_per_month = None;
        }
        assert!(plot(&found).is_none());
    }
}
