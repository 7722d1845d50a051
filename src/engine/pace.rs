//! Rates that vary: a stream of unit rate mapped through the cumulative rate (S37), segment by
//! segment, and rates that change at random.

use super::program::{Arrivals, Phase, Segment};
use super::run::Engine;
use crate::law::{Ziggurat, fraction, mix, round};

/// Purposes of the draws of a modulated stream.
const FIRST: u64 = 0x94D0_49BB_1331_11EB;
const STAY: u64 = 0x2545_F491_4F6C_DD1D;

/// Segments passed in search of one arrival after which whole rounds are passed over.
const MANY: u32 = 10_000;

/// Where a modulated stream is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modulation {
    /// State.
    phase: usize,
    /// States begun so far; 0 before the first.
    begun: u64,
    /// When the state ends, ns.
    until: u64,
    /// Up to where units have been used, ns.
    at: u64,
}

/// A segment without its mix, wherever it repeats.
#[derive(Clone, Copy, Debug)]
struct Piece {
    start: u64,
    length: Option<u64>,
    from: f64,
    to: f64,
}

impl Piece {
    /// The piece with this number; after the last one the segments begin anew from `again` on,
    /// or its final level goes on for ever. `None` beyond that.
    fn at(segments: &[Segment], again: Option<u32>, index: usize) -> Option<Self> {
        let piece = |segment: &Segment, later: u64| Self {
            start: segment.start.saturating_add(later),
            length: segment.length,
            from: segment.from,
            to: segment.to,
        };
        if let Some(segment) = segments.get(index) {
            return Some(piece(segment, 0));
        }
        let last = segments.last()?;
        let end = last.start.saturating_add(last.length?);
        let Some(first) = again.map(|first| first as usize) else {
            return (index == segments.len()).then_some(Self {
                start: end,
                length: None,
                from: last.to,
                to: last.to,
            });
        };
        let round = segments.len() - first;
        let times = ((index - first) / round) as u64;
        let period = end - segments[first].start;
        let segment = &segments[first + (index - first) % round];
        Some(piece(segment, period.saturating_mul(times)))
    }

    /// Units that it holds in all.
    fn total(&self) -> f64 {
        self.length.map_or(f64::INFINITY, |ns| {
            self.from.midpoint(self.to) * ns as f64 / 1e9
        })
    }

    /// Whether anything arrives in it.
    fn is_silent(&self) -> bool {
        self.from + self.to <= 0.0
    }

    /// Level this long after the start, ns.
    fn level(&self, ns: u64) -> f64 {
        self.length.map_or(self.from, |length| {
            self.from + (self.to - self.from) * (ns as f64 / length as f64)
        })
    }

    /// Its end, ns.
    fn end(&self) -> u64 {
        self.length
            .map_or(u64::MAX, |length| self.start.saturating_add(length))
    }
}

/// Ns after which a rate that goes from `a` to `b` in a straight line over `length` has added up
/// to `units`: the root of `a x + (b - a) x^2 / (2 length) = units`, in its stable form.
fn place(a: f64, b: f64, length: Option<u64>, units: f64) -> f64 {
    match length {
        Some(ns) if a.to_bits() != b.to_bits() => {
            let slope = (b - a) / (ns as f64 / 1e9);
            2e9 * units / (a + (a * a + 2.0 * slope * units).max(0.0).sqrt())
        }
        _ => 1e9 * units / a,
    }
}

impl Engine<'_> {
    fn piece(&self, id: usize, index: usize) -> Option<Piece> {
        match &self.program.sources[id].arrivals {
            Arrivals::Open {
                segments, again, ..
            } => Piece::at(segments, *again, index),
            Arrivals::Closed { .. } | Arrivals::Replay { .. } => None,
        }
    }

    /// The instant at which the units of a workload are reached.
    pub(super) fn next_mapped(&mut self, id: usize) -> Option<u64> {
        let mut passed = 0_u32;
        loop {
            let piece = self.piece(id, self.sources[id].segment)?;
            if piece.start == u64::MAX {
                return None;
            }
            let source = &mut self.sources[id];
            let whole = piece.total();
            if source.units <= whole && !piece.is_silent() {
                let x = round(place(piece.from, piece.to, piece.length, source.units));
                return Some(
                    piece
                        .start
                        .saturating_add(x.min(piece.length.unwrap_or(u64::MAX))),
                );
            }
            piece.length?;
            source.units -= whole;
            source.segment += 1;
            passed = passed.wrapping_add(1);
            if passed.is_multiple_of(MANY) {
                self.skip_rounds(id)?;
            }
        }
    }

    /// Passes over whole rounds of segments that hold fewer units than are sought; `None` where
    /// they hold none at all.
    fn skip_rounds(&mut self, id: usize) -> Option<()> {
        let program = self.program;
        let Arrivals::Open {
            segments,
            again: Some(first),
            ..
        } = &program.sources[id].arrivals
        else {
            return Some(());
        };
        let (first, source) = (*first as usize, &mut self.sources[id]);
        if source.segment < first {
            return Some(());
        }
        let round = segments.len() - first;
        let pieces = source.segment..source.segment + round;
        let total: f64 = pieces
            .filter_map(|index| Piece::at(segments, Some(first as u32), index))
            .map(|piece| piece.total())
            .sum();
        if total <= 0.0 {
            return None;
        }
        let rounds = (source.units / total - 1.0).max(0.0).floor();
        source.units -= rounds * total;
        source.segment = (rounds as usize)
            .saturating_mul(round)
            .saturating_add(source.segment);
        Some(())
    }

    /// The instant at which `units` more are reached, at the rate of the segments times the
    /// factor of the state. The first state is drawn as it is found at any time, and so is the
    /// rest of its exponential length.
    pub(super) fn next_modulated(&mut self, id: usize, mut units: f64, number: u32) -> Option<u64> {
        let phases = &self.program.modulations[number as usize];
        if self.sources[id].modulation.begun == 0 {
            self.first_phase(id, phases);
        }
        loop {
            let piece = self.piece(id, self.sources[id].segment)?;
            if piece.length.is_none() && piece.is_silent() {
                return None;
            }
            let source = &mut self.sources[id];
            let state = &mut source.modulation;
            let end = piece.end().min(state.until);
            let factor = phases[state.phase].factor;
            let level = |at: u64| factor * piece.level(at - piece.start);
            let (a, b, length) = (level(state.at), level(end), end - state.at);
            let whole = a.midpoint(b) * length as f64 / 1e9;
            if units <= whole && a + b > 0.0 {
                state.at += round(place(a, b, Some(length), units)).min(length);
                return Some(state.at);
            }
            units -= whole;
            state.at = end;
            if end == u64::MAX {
                return None;
            }
            if end == piece.end() {
                source.segment += 1;
            }
            if end == state.until {
                self.next_phase(id, phases);
            }
        }
    }

    fn first_phase(&mut self, id: usize, phases: &[Phase]) {
        let all: f64 = phases.iter().map(|phase| phase.stay).sum();
        let mut left = fraction(mix(self.sources[id].key ^ FIRST)) * all;
        let found = phases.iter().position(|phase| {
            left -= phase.stay;
            left < 0.0
        });
        // The state before it, which is over.
        let first = found.unwrap_or(0) + phases.len() - 1;
        self.sources[id].modulation.phase = first % phases.len();
        self.next_phase(id, phases);
    }

    fn next_phase(&mut self, id: usize, phases: &[Phase]) {
        let source = &mut self.sources[id];
        let state = &mut source.modulation;
        state.phase = (state.phase + 1) % phases.len();
        state.begun += 1;
        let spread = state.begun.wrapping_mul(super::call::SPREAD);
        let word = mix((source.key ^ STAY).wrapping_add(spread));
        let stay = round(phases[state.phase].stay * Ziggurat::get().exponential(word));
        state.until = state.at.saturating_add(stay);
    }
}
