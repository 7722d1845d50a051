//! Typed indices into the tables of a [`Program`](super::program::Program).

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the table, counted from 0.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<usize> for $name {
            /// The id of table entry `index`.
            ///
            /// # Panics
            /// Beyond 2^32 entries.
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table holds fewer than 2^32 entries"))
            }
        }
    )*};
}

index! {
    /// A step of the program: where a visit goes on.
    Pc;
    /// A node: one replica of a component, the unit that crashes.
    NodeId;
    /// A component: what reports group nodes by.
    ComponentId;
    /// A station: servers, a queue and a discipline (CPU, disk, network card).
    StationId;
    /// A pool of permits (threads, connections) with a waiting room.
    PoolId;
    /// A choice among nodes by a balancing policy.
    SelectorId;
    /// A call site: how one node calls over one link.
    CallId;
    /// A link, for counting: `links.NAME` of the results.
    LinkId;
    /// Guards that all calls of a node over a link share.
    GuardId;
    /// A law in the program's table.
    LawId;
    /// A timeout length; timers of equal length share a lane.
    LaneId;
    /// A switch, up or down.
    GateId;
    /// A path over switches with alternatives.
    RouteId;
    /// What can befall messages.
    SpellId;
    /// A client-side store of resolved names.
    StoreId;
    /// A cache with contents.
    CacheId;
    /// A way to look something up in a cache.
    LookId;
    /// The memory of a node.
    MemoryId;
    /// A request class.
    ClassId;
    /// A workload.
    SourceId;
    /// A journey.
    JourneyId;
}
