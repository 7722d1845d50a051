//! Lines: links with a bandwidth, one station for each direction that something goes in.

use super::Lowering;
use super::key::Path;
use super::map::{Meter, Resource};
use crate::engine::id::{CallId, StationId};
use crate::engine::program::{Body, Discipline, Impatience, Line, Lines, Rates, Station, Step};
use crate::law::Law;
use crate::model::LinkId;

/// The word for the way of request bodies in reports.
const OUT: &str = "request_line";
/// The word for the way of answers.
const BACK: &str = "answer_line";

impl Lowering<'_> {
    /// Writes where visits on lines stand.
    pub(super) fn landing(&mut self) {
        if !self.has_lines() {
            return;
        }
        self.program.landing = Some(self.here());
        for back in [false, true] {
            self.push(Step::Carried);
            self.push(Step::Land { back });
        }
    }

    /// Whether answers go over lines somewhere, so that their bytes matter.
    fn has_lines(&self) -> bool {
        let mut links = self.model.links.iter();
        links.any(|link| link.bandwidth_bps.is_some())
    }

    /// Lets an answer have so many bytes.
    pub(super) fn weigh(&mut self, size: &Law, key: u64) {
        if self.has_lines() {
            let law = self.law(Path::new("bytes").key(&key.to_string()), size);
            self.push(Step::Weigh { law, key });
        }
    }

    /// The way of the answers to a call over these links.
    pub(super) fn answer_line(&mut self, ways: &[LinkId]) -> Lines {
        let back = ways.iter().find_map(|&way| self.line(way, BACK));
        Lines { out: None, back }
    }

    /// Lets the body of a call go over the line of its link.
    pub(super) fn body_on_line(
        &mut self,
        call: CallId,
        links: &[(LinkId, f64)],
        size: &Law,
        key: u64,
    ) {
        let first = links.first().map(|&(link, _)| link);
        let Some(line) = first.and_then(|link| self.line(link, OUT)) else {
            return;
        };
        let size = self.law(Path::new("bytes").key(&key.to_string()), size);
        self.program.calls[call.index()].lines.out = Some(Body { line, size, key });
    }

    /// A direction of a link; none where it has no limit.
    fn line(&mut self, link: LinkId, word: &'static str) -> Option<Line> {
        let bps = self.model.link(link).bandwidth_bps?;
        let station = self.line_station(link, word);
        let ns_per_byte = 8e9 / bps;
        Some(Line {
            station,
            ns_per_byte,
        })
    }

    fn line_station(&mut self, link: LinkId, word: &'static str) -> StationId {
        let known = &self.map.lines[link.index()];
        if let Some(known) = known.iter().find(|known| known.name == word)
            && let Some(&Meter::Station(station)) = known.meters.first()
        {
            return station;
        }
        let station = self.station(Station {
            name: format!("{}.{word}", self.model.link(link).name),
            servers: Some(1),
            discipline: Discipline::ProcessorSharing,
            speed: 1.0,
            contention: (0.0, 0.0),
            caps: Vec::new(),
            rates: Rates::default(),
            queue: Impatience::default(),
        });
        self.map.lines[link.index()].push(Resource {
            name: word,
            meters: vec![Meter::Station(station)],
            capacity: Some(1),
        });
        station
    }
}
