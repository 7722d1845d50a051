//! Links: found while components are translated, then given their properties.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Resolver;
use super::names::unknown;
use crate::diagnostic::Diagnostic;
use crate::kinds::Balancing;
use crate::law::Law;
use crate::model::{self, Caller, ComponentId, LinkId, WorkloadId};
use crate::quantity::Time;
use crate::schema::code;
use crate::schema::{self, At, Fallback, Via, must_be_positive, positive};

/// A link on its way into the model.
#[derive(Debug)]
pub(super) struct Draft {
    pub caller: Caller,
    pub callee: ComponentId,
    /// Where it is first used.
    pub at: Range<usize>,
    /// The caller's own way to choose.
    pub balancing: Option<Balancing>,
    /// Whether `to` gives weights that differ.
    pub weighted: bool,
    /// Where requests are handed over for good.
    forwarded: Option<Range<usize>>,
}

/// All links, each once.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub drafts: Vec<Draft>,
    places: BTreeMap<(Caller, ComponentId), LinkId>,
    /// Links under one `to`, which must be alike.
    groups: Vec<Vec<LinkId>>,
}

impl Links {
    /// The link from `caller` to `callee`, used at `at`.
    pub fn get(&mut self, caller: Caller, callee: ComponentId, at: &Range<usize>) -> LinkId {
        *self.places.entry((caller, callee)).or_insert_with(|| {
            self.drafts.push(Draft {
                caller,
                callee,
                at: at.clone(),
                balancing: None,
                weighted: false,
                forwarded: None,
            });
            LinkId::from(self.drafts.len() - 1)
        })
    }

    /// Puts links under one `to`.
    pub fn group(&mut self, links: Vec<LinkId>, balancing: Option<Balancing>, weighted: bool) {
        for link in &links {
            let draft = &mut self.drafts[link.index()];
            draft.weighted |= weighted;
            if balancing.is_some() {
                draft.balancing = balancing;
            }
        }
        if links.len() > 1 {
            self.groups.push(links);
        }
    }

    /// The links under the same `to` as this one, itself among them.
    pub fn group_of(&self, link: LinkId) -> Option<&[LinkId]> {
        let mut groups = self.groups.iter();
        groups
            .find(|group| group.contains(&link))
            .map(Vec::as_slice)
    }

    /// Says that requests are handed over a link for good.
    pub fn forward(&mut self, link: LinkId, at: &Range<usize>) {
        self.drafts[link.index()]
            .forwarded
            .get_or_insert_with(|| at.clone());
    }
}

/// One end of a key `"a -> b"`.
type End<'k> = (&'k str, Range<usize>);

impl<'a> Resolver<'a> {
    /// The links with their properties.
    pub(super) fn finish_links(&mut self) -> Vec<model::Link> {
        let file = self.file;
        let mut stated: Vec<Option<(&At<String>, &schema::Link)>> = Vec::new();
        stated.resize_with(self.links.drafts.len(), || None);
        for (key, link) in &file.links {
            if let Some(id) = self.link_of_key(key) {
                stated[id.index()] = Some((key, link));
            }
        }
        let links: Vec<model::Link> = stated
            .iter()
            .enumerate()
            .map(|(id, stated)| self.link(id, *stated))
            .collect();
        for group in std::mem::take(&mut self.links.groups) {
            self.check_group(&group, &links, &stated);
        }
        links
    }

    /// The link that a key means, if it is one that somebody uses.
    fn link_of_key(&mut self, key: &At<String>) -> Option<LinkId> {
        let Some(((left, left_span), (right, right_span))) = self.two_ends(key) else {
            self.problems.push(
                Diagnostic::error(code::BAD_NAME, "a link is written \"a -> b\"")
                    .at(key.span.clone())
                    .help("name who calls, an arrow, and who is called"),
            );
            return None;
        };
        let (caller, callee) = (self.caller_named(left), self.callee_named(right));
        if caller.is_none() {
            let components = &self.names.components;
            let known = components.iter().chain(self.names.workloads.iter());
            let problem = unknown(left, left_span, "component or workload", known);
            self.problems.push(problem);
        }
        if callee.is_none() {
            let known = self.names.components.iter();
            self.problems
                .push(unknown(right, right_span, "component", known));
        }
        let (caller, callee) = (caller?, callee?);
        let found = self.links.places.get(&(caller, callee)).copied();
        let is_known = match caller {
            Caller::Component(id) => self.is_known(id),
            Caller::Workload(id) => {
                self.file
                    .workload
                    .get(&self.names.workloads.name(id.index()).value)
                    .is_some()
                    && !self.entry_is_lost
            }
        };
        if found.is_none() && is_known {
            self.unused(key, left, right, caller);
        }
        found
    }

    fn caller_named(&self, name: &str) -> Option<Caller> {
        let component = self.callee_named(name).map(Caller::Component);
        component.or_else(|| {
            let workload = self.names.workloads.place(name)?;
            Some(Caller::Workload(WorkloadId::from(workload)))
        })
    }

    fn callee_named(&self, name: &str) -> Option<ComponentId> {
        self.names.components.place(name).map(ComponentId::from)
    }

    /// The fallbacks of the file by the ends of their links, as far as these are known.
    pub(super) fn stated_fallbacks(&self) -> BTreeMap<(Caller, ComponentId), &'a At<Fallback>> {
        let file = self.file;
        let stated = file.links.iter().filter_map(|(key, link)| {
            let ((left, _), (right, _)) = self.two_ends(key)?;
            let ends = (self.caller_named(left)?, self.callee_named(right)?);
            Some((ends, link.fallback.as_ref()?))
        });
        stated.collect()
    }

    fn unused(&mut self, key: &At<String>, left: &str, right: &str, caller: Caller) {
        let message = match caller {
            Caller::Component(_) => format!("`{left}` never calls `{right}`"),
            Caller::Workload(_) => format!("`{left}` sends nothing to `{right}`"),
        };
        let names: Vec<String> = self
            .links
            .drafts
            .iter()
            .map(|draft| self.link_name(draft))
            .collect();
        let problem = Diagnostic::error(code::UNUSED_LINK, message)
            .at(key.span.clone())
            .did_you_mean(
                &format!("{left} -> {right}"),
                names.iter().map(String::as_str),
            )
            .help("leave the link out, or let the call be made");
        self.problems.push(problem);
    }

    fn two_ends<'k>(&self, key: &'k At<String>) -> Option<(End<'k>, End<'k>)> {
        let (left, right) = key.value.split_once("->")?;
        let end = |part: &'k str, from: usize| {
            let name = part.trim();
            let start = from + part.find(name).unwrap_or(0);
            let inside = self.inside(key, start..start + name.len());
            (!name.is_empty()).then_some((name, inside))
        };
        Some((end(left, 0)?, end(right, left.len() + 2)?))
    }

    /// `was -> db`.
    pub(super) fn link_name(&self, draft: &Draft) -> String {
        let caller = match draft.caller {
            Caller::Component(id) => self.names.components.name(id.index()),
            Caller::Workload(id) => self.names.workloads.name(id.index()),
        };
        let callee = self.names.components.name(draft.callee.index());
        format!("{} -> {}", caller.value, callee.value)
    }

    fn link(&mut self, id: usize, stated: Option<(&At<String>, &schema::Link)>) -> model::Link {
        let draft = &self.links.drafts[id];
        let name = self.link_name(draft);
        let (caller, callee) = (draft.caller, draft.callee);
        let nothing = schema::Link::default();
        let link = stated.map_or(&nothing, |(_, link)| link);
        if let Some((key, link)) = stated {
            self.check_link(id, key, link);
            self.check_message_link(id, key, link);
        }
        let nanos = |time: &Option<At<Time>>| time.as_ref().map(|time| time.value.nanos());
        let timeout = link.timeout.as_ref().map(|law| (law, self.law(&law.value)));
        let (timeout, timeout_law) = match timeout {
            None => (None, None),
            Some((at, Law::Constant(ns))) => {
                if ns <= 0.0 {
                    self.problems.push(must_be_positive(&at.span));
                }
                (Some(ns as u64), None)
            }
            Some((_, law)) => (None, Some(law)),
        };
        model::Link {
            name,
            caller,
            callee,
            latency: link.latency.as_ref().map(|law| self.law(law)),
            bandwidth_bps: link.bandwidth.map(|line| line.bits_per_second() as f64),
            via: self.path(link),
            pool: link.pool.as_ref().map(|pool| pool.value.get()),
            pool_timeout: nanos(&link.pool_timeout),
            timeout,
            timeout_law,
            deadline: nanos(&link.deadline),
            cancel: link.cancel.as_ref().is_some_and(|cancel| cancel.value),
            retry: link.retry.as_ref().map(|retry| self.retry(id, retry)),
            hedge: link.hedge.as_ref().map(|hedge| self.hedge(id, hedge, link)),
            fallback: link
                .fallback
                .as_ref()
                .map(|stated| self.fallback(id, stated)),
            bulkhead: link
                .bulkhead
                .as_ref()
                .map(|most| self.bulkhead(id, most, link)),
            rate_limit: link
                .rate_limit
                .as_ref()
                .map(|limit| self.rate_limit(id, limit)),
            breaker: link
                .breaker
                .as_ref()
                .map(|breaker| self.breaker(id, breaker)),
            eject: link.eject.as_ref().map(|eject| self.eject(id, eject)),
            balance: self.balance(id, link),
            health: self.health(id, link),
        }
    }

    /// What does not fit together on one link.
    fn check_link(&mut self, id: usize, key: &At<String>, link: &schema::Link) {
        let draft = &self.links.drafts[id];
        let mut refuse = |span: &Range<usize>, message: &str, help: &str| {
            let error = Diagnostic::error(code::CONFLICT, message).at(span.clone());
            self.problems.push(error.help(help));
        };
        let queues = draft.balancing.is_some_and(|own| own.queues);
        if let (Some(pool), true) = (&link.pool, queues) {
            let message = "the balancer bounds its connections by `maxconn` or its central queue";
            refuse(&pool.span, message, "leave `pool` out");
        }
        if let (Some(wait), None, false) = (&link.pool_timeout, &link.pool, queues) {
            refuse(
                &wait.span,
                "nobody waits for a connection without a pool",
                "add `pool`",
            );
        }
        if let Some(cancel) = link.cancel.as_ref().filter(|cancel| cancel.value)
            && !self.file.gives_up_and_says_so()
        {
            let help = "add `timeout: \"1s\"`, or leave `cancel` out";
            refuse(&cancel.span, "no call that cancels is ever given up", help);
        }
        if let (Some(detect), Some(Via::All(_)) | None) = (&link.detect, &link.via) {
            let help = "write `via: AnyOf([..])`, or leave `detect` out";
            refuse(&detect.span, "there is no other way to move to", help);
        }
        if let (Some(pool), Caller::Workload(_)) = (&link.pool, draft.caller) {
            refuse(
                &pool.span,
                "users share no pool of connections",
                "leave `pool` out",
            );
        }
        if draft.forwarded.is_some() {
            let held = [
                ("pool", link.pool.as_ref().map(|field| &field.span)),
                ("timeout", link.timeout.as_ref().map(|field| &field.span)),
                ("deadline", link.deadline.as_ref().map(|field| &field.span)),
                ("cancel", link.cancel.as_ref().map(|field| &field.span)),
                ("retry", link.retry.as_ref().map(|field| &field.span)),
                ("hedge", link.hedge.as_ref().map(|field| &field.span)),
                ("breaker", link.breaker.as_ref().map(|field| &field.span)),
                ("eject", link.eject.as_ref().map(|field| &field.span)),
                ("fallback", link.fallback.as_ref().map(|field| &field.span)),
                ("bulkhead", link.bulkhead.as_ref().map(|field| &field.span)),
                (
                    "rate_limit",
                    link.rate_limit.as_ref().map(|field| &field.span),
                ),
            ];
            for (field, span) in held {
                let Some(span) = span else { continue };
                let message = format!(
                    "`{}` hands requests over for good: nobody is left for `{field}`",
                    key.value
                );
                refuse(
                    span,
                    &message,
                    "put it on the link that waits for the answer",
                );
            }
        }
        if let Some(time) = &link.deadline {
            self.problems.extend(positive(time));
        }
    }

    /// Links under one `to` are one way with one pool: they must be alike.
    fn check_group(
        &mut self,
        group: &[LinkId],
        links: &[model::Link],
        stated: &[Option<(&At<String>, &schema::Link)>],
    ) {
        let first = &links[group[0].index()];
        for other in &group[1..] {
            let link = &links[other.index()];
            let fallback = |id: &LinkId| stated[id.index()].map(|(_, link)| &link.fallback);
            if link.is_like(first) && fallback(other) == fallback(&group[0]) {
                continue;
            }
            let place = stated[other.index()].or(stated[group[0].index()]);
            let span = place.map_or(self.links.drafts[other.index()].at.clone(), |(key, _)| {
                key.span.clone()
            });
            let message = format!(
                "`{}` and `{}` stand under one `to` and differ",
                first.name, link.name
            );
            self.problems.push(
                Diagnostic::error(code::CONFLICT, message)
                    .at(span)
                    .help("give both links the same properties"),
            );
        }
    }
}
