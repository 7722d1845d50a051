//! Messages: what is sent to a queue without waiting.

use super::entry::{Entry, Site, Work};
use super::key::Path;
use super::{Lowering, node_id};
use crate::engine::program::{Queue, Seat, Step};
use crate::model::{Call, ComponentId};

impl Lowering<'_> {
    /// The body on the sender's card, then the message.
    pub(super) fn publish(&mut self, site: Site, accept: &Call, deliver: &Call, path: Path) {
        self.request_body(site, accept, path);
        let model = self.model;
        let Some(&(link, _)) = deliver.links.first() else {
            return;
        };
        let component = model.link(link).callee;
        let part = model.component(component);
        let class = &model.classes[site.class.index()].name;
        let operation = part
            .operation_for(class)
            .expect("a queue delivers every class");
        let at = |&node| Entry {
            node,
            operation,
            class: site.class,
            work: Work::Own,
        };
        let entries = self.entries.row(part.nodes.iter().map(at).collect());
        let queue = self.queue(component);
        self.push(Step::Publish {
            queue,
            entries,
            key: path.key("publish"),
        });
    }

    /// The number of a queue in the program.
    fn queue(&mut self, component: ComponentId) -> u32 {
        let known = self.map.queues.iter().position(|&one| one == component);
        let place = known.unwrap_or_else(|| {
            let nodes = self.model.component(component).nodes.iter();
            let seats = nodes.map(|&node| {
                let node = node_id(node);
                let pool = self.threads[node.index()].expect("a queue has a waiting room");
                Seat { node, pool }
            });
            let seats = seats.collect();
            self.program.queues.push(Queue { seats });
            self.map.queues.push(component);
            self.map.queues.len() - 1
        });
        place as u32
    }
}
