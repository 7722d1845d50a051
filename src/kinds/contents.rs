//! What a cache holds: a fixed share of hits, or contents that are simulated.

use std::sync::Arc;

use super::Site;
use crate::diagnostic::Diagnostic;
use crate::law::Popularity;
use crate::model::{Capacity, Contents, Keys};
use crate::quantity::{Share, Time};
use crate::schema::preset::Preset;
use crate::schema::{self, At, Room, SizeLaw, code};

/// Share of hits of simulated contents until all of the model is known.
pub const GUESS: f64 = 0.5;

/// Most items of a cache.
const ITEMS_MAX: u32 = 10_000_000;

/// The fields of a kind that say what it holds.
pub(super) struct Stated<'a> {
    /// The kind's word.
    pub of: &'static str,
    /// Share of hits.
    pub hit: Option<Share>,
    /// Room of each node.
    pub capacity: Option<&'a At<Room>>,
    /// Size of an item.
    pub size: Option<&'a At<SizeLaw>>,
    /// What is asked for.
    pub keys: Option<&'a At<schema::Keys>>,
    /// Who leaves.
    pub eviction: Option<&'a At<schema::Eviction>>,
    /// Time to live.
    pub ttl: Option<&'a At<Time>>,
    /// What starts it again.
    pub renew: Option<&'a At<schema::Renew>>,
    /// What a miss does while another one fetches the same.
    pub fill: Option<&'a At<schema::Fill>>,
}

/// The default of `eviction`.
pub(super) const fn eviction(of: &'static str) -> Preset {
    Preset {
        of,
        field: "eviction",
        value: "Lru",
        source: "memcached, doc/new_lru.txt; Redis documentation, Key eviction, allkeys-lru",
    }
}

/// The default of `renew`.
pub(super) const fn renew(of: &'static str) -> Preset {
    Preset {
        of,
        field: "renew",
        value: "OnFetch",
        source: "Redis documentation, EXPIRE: only commands that overwrite a key clear its timeout",
    }
}

/// The default of `fill`.
pub(super) const fn fill(of: &'static str, value: &'static str, source: &'static str) -> Preset {
    Preset {
        of,
        field: "fill",
        value,
        source,
    }
}

impl Stated<'_> {
    /// The share of hits, or the contents; both are `None` after a problem.
    pub fn translate(
        &self,
        site: &mut dyn Site,
        [eviction, renew, fill]: [&Preset; 3],
    ) -> Option<Contents> {
        let Some(keys) = self.keys else {
            self.refuse_without_keys(site);
            return None;
        };
        if self.hit.is_some() {
            site.report(
                Diagnostic::error(
                    code::CONFLICT,
                    "`hit` beside `keys`: both say what is found",
                )
                .at(keys.span.clone())
                .help("leave one of the two out"),
            );
        }
        let capacity = self.capacity(site, keys);
        self.check_fields(site);
        Some(Contents {
            popularity: Arc::new(popularity(keys, site)),
            keys: match keys.value {
                schema::Keys::Zipf(_) => Keys::Drawn,
                schema::Keys::FromLog => Keys::Recorded,
            },
            capacity,
            eviction: self
                .eviction
                .map_or_else(|| eviction.read(), |at| at.value)
                .model(),
            ttl: self.ttl.map(|ttl| ttl.value.nanos()),
            renew: self
                .renew
                .map_or_else(|| renew.read(), |at| at.value)
                .model(),
            fill: self.fill.map_or_else(|| fill.read(), |at| at.value).model(),
        })
    }

    /// Nothing but `hit` makes sense without keys.
    fn refuse_without_keys(&self, site: &mut dyn Site) {
        let fields = [
            ("capacity", self.capacity.map(|at| &at.span)),
            ("size", self.size.map(|at| &at.span)),
            ("eviction", self.eviction.map(|at| &at.span)),
            ("ttl", self.ttl.map(|at| &at.span)),
            ("renew", self.renew.map(|at| &at.span)),
            ("fill", self.fill.map(|at| &at.span)),
        ];
        for (field, span) in fields {
            let Some(span) = span else { continue };
            site.report(
                Diagnostic::error(
                    code::CONFLICT,
                    format!("`{field}` says how contents change, and none are simulated"),
                )
                .at(span.clone())
                .help("add `keys: Zipf(items: 10_000, exponent: 0.8)` instead of `hit`"),
            );
        }
        if self.hit.is_none() {
            let span = site.span();
            site.report(
                Diagnostic::error(
                    code::MISSING,
                    format!("nothing says what this {} finds", self.of),
                )
                .at(span)
                .help(
                    "write `hit: 0.9`, or \
                     `capacity: 1_000, keys: Zipf(items: 10_000, exponent: 0.8)`",
                ),
            );
        }
    }

    fn capacity(&self, site: &mut dyn Site, keys: &At<schema::Keys>) -> Capacity {
        let Some(stated) = self.capacity else {
            site.report(
                Diagnostic::error(code::MISSING, "contents need a `capacity`")
                    .at(keys.span.clone())
                    .help("write `capacity: 1_000`, `\"512MiB\"` with a `size`, or `Unlimited`"),
            );
            return Capacity::Unlimited;
        };
        match (stated.value, self.size) {
            (Room::Bytes(bytes), Some(size)) => Capacity::Bytes {
                bytes: bytes.bytes(),
                size: site.size(&size.value),
            },
            (Room::Bytes(_), None) => {
                site.report(
                    Diagnostic::error(code::MISSING, "a capacity in bytes needs sizes")
                        .at(stated.span.clone())
                        .help("add `size: Exponential(\"20KiB\")`, the size of an item"),
                );
                Capacity::Unlimited
            }
            (room, size) => {
                if let Some(size) = size {
                    site.report(
                        Diagnostic::error(code::CONFLICT, "this capacity does not look at sizes")
                            .at(size.span.clone())
                            .help("leave `size` out, or write a capacity like \"512MiB\""),
                    );
                }
                match room {
                    Room::Items(items) => Capacity::Items(items.get().into()),
                    _ => Capacity::Unlimited,
                }
            }
        }
    }

    /// What has no effect is refused.
    fn check_fields(&self, site: &mut dyn Site) {
        let unlimited = self
            .capacity
            .is_some_and(|room| room.value == Room::Unlimited);
        if let (true, Some(eviction)) = (unlimited, self.eviction) {
            site.report(
                Diagnostic::error(code::CONFLICT, "nothing leaves an unlimited cache")
                    .at(eviction.span.clone())
                    .help("leave `eviction` out"),
            );
        }
        if let (None, Some(renew)) = (self.ttl, self.renew) {
            site.report(
                Diagnostic::error(code::CONFLICT, "there is no time to live to renew")
                    .at(renew.span.clone())
                    .help("add `ttl`, or leave `renew` out"),
            );
        }
        if let Some(problem) = self.ttl.and_then(schema::positive) {
            site.report(problem);
        }
    }
}

/// Popularity of the items; that of a log follows when it was read.
fn popularity(keys: &At<schema::Keys>, site: &mut dyn Site) -> Popularity {
    let schema::Keys::Zipf(zipf) = &keys.value else {
        return Popularity::zipf(1, 0.0);
    };
    let items = zipf.items.value.get();
    if items > ITEMS_MAX {
        let message = format!("{items} items are more than the {ITEMS_MAX} allowed");
        site.report(
            Diagnostic::error(code::TOO_MANY, message)
                .at(zipf.items.span.clone())
                .help("write fewer items: the rarest are hardly asked for"),
        );
        return Popularity::zipf(1, 0.0);
    }
    Popularity::zipf(items, zipf.exponent.value())
}
