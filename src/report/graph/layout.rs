//! Where things stand on the map: ranks from left to right, lanes from top to bottom.
//!
//! The layered way (Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical
//! system structures", 1981): circles are cut, ranks are longest paths, long arrows pass through
//! every rank on a stand-in, and each rank is ordered by the mean place of its neighbours. What
//! stands on one host keeps to a lane of its own, so that frames are rectangles that never
//! overlap.

use super::map::Map;

/// Sweeps over the ranks, forwards and backwards in turn.
const SWEEPS: usize = 6;

/// Sizes that the drawing asks for.
pub(super) struct Sizes {
    /// Width and height of each place.
    pub(super) boxes: Vec<(f64, f64)>,
    /// Width of what is written before each arrow's head.
    pub(super) labels: Vec<f64>,
}

/// Distances.
pub(super) struct Spacing {
    /// Between ranks, besides the labels.
    pub(super) across: f64,
    /// Between neighbours in a rank.
    pub(super) down: f64,
    /// Between lanes, where frames and their titles find room.
    pub(super) lanes: f64,
    /// Height kept free for a passing arrow.
    pub(super) passing: f64,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(super) fn middle(&self) -> f64 {
        self.top + self.height / 2.0
    }
}

/// The finished layout.
pub(super) struct Layout {
    /// Of each place.
    pub(super) boxes: Vec<Area>,
    /// Stand-ins that each arrow passes, in order.
    pub(super) passes: Vec<Vec<Area>>,
    /// Whether each arrow leads back to its own rank or an earlier one.
    pub(super) back: Vec<bool>,
    /// Width and height of it all.
    pub(super) size: (f64, f64),
}

/// A place or a stand-in.
struct Slot {
    rank: usize,
    lane: usize,
    width: f64,
    height: f64,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Lays out `map`.
pub(super) fn layout(map: &Map, sizes: &Sizes, spacing: &Spacing) -> Layout {
    let ranks = ranks(map);
    let lanes = lanes(map, &ranks);
    let mut slots: Vec<Slot> = (0..map.places.len())
        .map(|place| {
            let (width, height) = sizes.boxes[place];
            let (rank, lane) = (ranks[place], lanes[place]);
            Slot {
                rank,
                lane,
                width,
                height,
                before: Vec::new(),
                after: Vec::new(),
            }
        })
        .collect();
    let passes: Vec<Vec<usize>> = map
        .arrows
        .iter()
        .map(|arrow| pass(&mut slots, arrow.from, arrow.to, spacing))
        .collect();
    let rows = order(&slots);
    let (lefts, widths, width) = columns(map, sizes, spacing, &slots);
    let (tops, height) = heights(&slots, &rows, spacing);
    let area = |slot: usize| {
        let Slot {
            rank,
            width,
            height,
            ..
        } = slots[slot];
        let is_box = slot < map.places.len();
        let (left, width) = if is_box {
            (lefts[rank] + (widths[rank] - width) / 2.0, width)
        } else {
            (lefts[rank], widths[rank])
        };
        Area {
            left,
            top: tops[slot],
            width,
            height,
        }
    };
    Layout {
        boxes: (0..map.places.len()).map(area).collect(),
        passes: passes
            .iter()
            .map(|chain| chain.iter().map(|&slot| area(slot)).collect())
            .collect(),
        back: map
            .arrows
            .iter()
            .map(|arrow| ranks[arrow.to] <= ranks[arrow.from])
            .collect(),
        size: (width, height),
    }
}

/// The longest way to each place from the left, over arrows that close no circle. Places that
/// nobody calls stand in rank 0 if they are workloads or there are none, else in rank 1.
fn ranks(map: &Map) -> Vec<usize> {
    let count = map.places.len();
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for arrow in &map.arrows {
        next[arrow.from].push(arrow.to);
    }
    let finished = finish_order(&next);
    let mut place_in_order = vec![0; count];
    for (place, &node) in finished.iter().enumerate() {
        place_in_order[node] = place;
    }
    let has_users = map.places.iter().any(|place| place.component.is_none());
    let mut ranks: Vec<usize> = map
        .places
        .iter()
        .map(|place| usize::from(has_users && place.component.is_some()))
        .collect();
    for &node in finished.iter().rev() {
        for &to in next[node]
            .iter()
            .filter(|&&to| place_in_order[to] < place_in_order[node])
        {
            ranks[to] = ranks[to].max(ranks[node] + 1);
        }
    }
    ranks
}

/// Depth-first finishing order; along an arrow that closes no circle the right end finishes
/// first.
fn finish_order(next: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; next.len()];
    let mut finished = Vec::new();
    for start in 0..next.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut stack = vec![(start, 0)];
        while let Some((node, turn)) = stack.pop() {
            match next[node].get(turn) {
                None => finished.push(node),
                Some(&to) => {
                    stack.push((node, turn + 1));
                    if !seen[to] {
                        seen[to] = true;
                        stack.push((to, 0));
                    }
                }
            }
        }
    }
    finished
}

/// Lane 0 for what has no frame, then one lane a frame, the leftmost first.
fn lanes(map: &Map, ranks: &[usize]) -> Vec<usize> {
    let mut frames = map.frames.clone();
    frames.sort_by_key(|&host| {
        let inside = (0..map.places.len()).filter(|&place| map.places[place].frame == Some(host));
        (inside.map(|place| ranks[place]).min(), host)
    });
    let lane = |host| {
        frames
            .iter()
            .position(|&frame| frame == host)
            .map_or(0, |lane| lane + 1)
    };
    map.places
        .iter()
        .map(|place| place.frame.map_or(0, lane))
        .collect()
}

/// Joins two places through stand-ins on the ranks between them.
fn pass(slots: &mut Vec<Slot>, from: usize, to: usize, spacing: &Spacing) -> Vec<usize> {
    let (start, end) = (slots[from].rank, slots[to].rank);
    if end <= start {
        return Vec::new();
    }
    let mut chain = Vec::new();
    let mut last = from;
    for rank in start + 1..end {
        let (width, height) = (0.0, spacing.passing);
        let (before, after) = (Vec::new(), Vec::new());
        slots.push(Slot {
            rank,
            lane: 0,
            width,
            height,
            before,
            after,
        });
        let slot = slots.len() - 1;
        chain.push(slot);
        connect(slots, last, slot);
        last = slot;
    }
    connect(slots, last, to);
    chain
}

fn connect(slots: &mut [Slot], left: usize, right: usize) {
    slots[left].after.push(right);
    slots[right].before.push(left);
}

/// The slots of each rank from top to bottom: by lane, inside a lane by the mean place of the
/// neighbours on one side, sweep after sweep.
fn order(slots: &[Slot]) -> Vec<Vec<usize>> {
    let ranks = slots.iter().map(|slot| slot.rank + 1).max().unwrap_or(0);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); ranks];
    for (number, slot) in slots.iter().enumerate() {
        rows[slot.rank].push(number);
    }
    let mut height = vec![0.0; slots.len()];
    for sweep in 0..=SWEEPS {
        for turn in 0..ranks {
            let rank = if sweep % 2 == 0 {
                turn
            } else {
                ranks - 1 - turn
            };
            let wish: Vec<f64> = slots
                .iter()
                .enumerate()
                .map(|(number, slot)| {
                    let side = if sweep % 2 == 0 {
                        &slot.before
                    } else {
                        &slot.after
                    };
                    let sum: f64 = side.iter().map(|&other| height[other]).sum();
                    if side.is_empty() {
                        height[number]
                    } else {
                        sum / side.len() as f64
                    }
                })
                .collect();
            rows[rank].sort_by(|&a, &b| {
                slots[a]
                    .lane
                    .cmp(&slots[b].lane)
                    .then(wish[a].total_cmp(&wish[b]))
            });
            let length = rows[rank].len() as f64;
            for (place, &slot) in rows[rank].iter().enumerate() {
                height[slot] = (place as f64 + 0.5) / length;
            }
        }
    }
    rows
}

/// Left edges and widths of the ranks, and the whole width.
fn columns(
    map: &Map,
    sizes: &Sizes,
    spacing: &Spacing,
    slots: &[Slot],
) -> (Vec<f64>, Vec<f64>, f64) {
    let ranks = slots.iter().map(|slot| slot.rank + 1).max().unwrap_or(0);
    let mut widths = vec![0.0_f64; ranks];
    for slot in slots {
        widths[slot.rank] = widths[slot.rank].max(slot.width);
    }
    let mut room = vec![0.0_f64; ranks];
    for (arrow, label) in map.arrows.iter().zip(&sizes.labels) {
        let rank = slots[arrow.to].rank;
        if rank > 0 && rank > slots[arrow.from].rank {
            room[rank] = room[rank].max(*label);
        }
    }
    let mut lefts = Vec::new();
    let mut x = 0.0;
    for rank in 0..ranks {
        if rank > 0 {
            x += spacing.across + room[rank];
        }
        lefts.push(x);
        x += widths[rank];
    }
    (lefts, widths, x)
}

/// Top edges of the slots, and the whole height: each rank is centred in its lane.
fn heights(slots: &[Slot], rows: &[Vec<usize>], spacing: &Spacing) -> (Vec<f64>, f64) {
    let lanes = slots.iter().map(|slot| slot.lane + 1).max().unwrap_or(0);
    let tall = |row: &[usize], lane: usize| {
        let inside: Vec<f64> = row
            .iter()
            .filter(|&&slot| slots[slot].lane == lane)
            .map(|&slot| slots[slot].height)
            .collect();
        inside.iter().sum::<f64>() + spacing.down * inside.len().saturating_sub(1) as f64
    };
    let mut tops = vec![0.0; slots.len()];
    let mut y = 0.0;
    for lane in 0..lanes {
        let height = rows.iter().map(|row| tall(row, lane)).fold(0.0, f64::max);
        for row in rows {
            let mut top = y + (height - tall(row, lane)) / 2.0;
            for &slot in row.iter().filter(|&&slot| slots[slot].lane == lane) {
                tops[slot] = top;
                top += slots[slot].height + spacing.down;
            }
        }
        y += height + if lane + 1 < lanes { spacing.lanes } else { 0.0 };
    }
    (tops, y)
}
