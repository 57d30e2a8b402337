"""Clusters: which nodes are one entity, and which must not become one without being asked.

The partition is a pure function of the set of merges: the order in which they come does not
matter.
"""


class Clusters:
    """Disjoint sets of nodes (a union-find forest), with pairs that are kept apart.

    A node that was never merged needs no entry: it is a cluster of itself.
    """

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._apart: dict[str, set[str]] = {}

    def __contains__(self, node: object) -> bool:
        return node in self._parent or node in self._members

    def root(self, node: str) -> str:
        """Node that stands for the cluster of `node`; it may change with the next merge."""
        parent = self._parent
        above = parent.get(node)
        if above is None:
            return node
        while (top := parent.get(above)) is not None:
            parent[node] = top
            node, above = above, top
        return above

    def merge(self, left: str, right: str) -> None:
        """Make one cluster of two, whatever is kept apart."""
        into, other = self.root(left), self.root(right)
        if into == other:
            return
        if self._size(into) < self._size(other):
            into, other = other, into
        self._parent[other] = into
        self._members.setdefault(into, [into]).extend(self._members.pop(other, [other]))
        if apart := self._apart.pop(other, None):
            self._apart.setdefault(into, set()).update(apart)

    def keep_apart(self, left: str, right: str) -> None:
        """Veto that a score makes one cluster of these two."""
        for node, other in ((left, right), (right, left)):
            self._apart.setdefault(self.root(node), set()).add(other)

    def are_kept_apart(self, left: str, right: str) -> bool:
        """Whether a veto stands between any member of one cluster and any of the other."""
        other = self.root(right)
        return any(self.root(node) == other for node in self._apart.get(self.root(left), ()))

    def members(self, node: str) -> tuple[str, ...]:
        """All nodes of the cluster of `node`, sorted."""
        root = self.root(node)
        return tuple(sorted(self._members.get(root, (root,))))

    def _size(self, root: str) -> int:
        return len(self._members[root]) if root in self._members else 1
