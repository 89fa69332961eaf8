"""The panels as docks: their first arrangement, and one at a time in full."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget

from vae_gui.runtime.context import Context
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels import PANELS, Area
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.window.dock import Dock
from vae_gui.ui.window.panel_tabs import PanelTabs

PanelType = TypeVar("PanelType", bound=Panel)
LAYOUT_VERSION = 2
# Whether each panel is open, and those whose tab is in front; by the names that files use.
OpenPanels = tuple[Mapping[str, bool], tuple[str, ...]]
PAD = 0.46  # of the window's width
STRIP_HEIGHT = 104


class Docks(QObject):
    """Builds every panel of the registry and places it.

    Signals: `alone_changed(bool)`: whether some panels are shown alone, and the others wait.
    """

    alone_changed = Signal(bool)

    def __init__(self, window: QMainWindow, context: Context) -> None:
        super().__init__(window)
        self._window = window
        self._before: QByteArray | None = None
        self._tabs: list[PanelTabs] = []
        self._open_before: OpenPanels = ({}, ())
        self.panels: dict[str, Panel] = {}
        self.docks: dict[str, Dock] = {}
        for entry in PANELS:
            panel = entry.build(context)
            panel.setObjectName(entry.stored_name)
            dock = Dock(entry, panel, window)
            dock.title.show_name(not is_tab(entry.area))
            dock.maximise_toggled.connect(self.toggle_maximised)
            dock.visibilityChanged.connect(self._fit_tabs)
            self.panels[entry.name], self.docks[entry.name] = panel, dock
        window.installEventFilter(self)
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.arrange()

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """No tab of a dock is dragged along its bar: where docks were arranged anew meanwhile, Qt crashes."""
        if isinstance(event, QChildEvent) and event.polished():
            bar = event.child()
            if isinstance(bar, QTabBar):
                self._tabs.append(PanelTabs(bar))
        return super().eventFilter(watched, event)

    def _fit_tabs(self) -> None:
        """A panel was opened or closed, and with it a tab."""
        self._tabs = [tabs for tabs in self._tabs if shiboken6.isValid(tabs)]
        for tabs in self._tabs:
            tabs.fit_later()

    def arrange(self) -> None:
        """The arrangement of the first start."""
        window, down = self._window, Qt.Orientation.Vertical
        by_area = {area: [self.docks[e.name] for e in PANELS if e.area is area] for area in Area}
        pad, bench, strip = (by_area[area][0] for area in Area)
        for dock in self.docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        window.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, pad)
        window.splitDockWidget(pad, strip, down)
        window.splitDockWidget(pad, bench, Qt.Orientation.Horizontal)
        for docks in by_area.values():
            for first, second in pairwise(docks):
                window.tabifyDockWidget(first, second)
        for dock in self.docks.values():
            dock.show()
        for docks in by_area.values():
            docks[0].raise_()
        width, height = window.width(), window.height()
        self.set_widths((round(PAD * width), round((1 - PAD) * width)))
        window.resizeDocks([pad, strip], [height, STRIP_HEIGHT], down)
        self._before = None
        self.alone_changed.emit(False)

    def widths(self) -> tuple[int, int]:
        """Of the pad and of the panel in front beside it, in pixels."""
        pad, bench = self._pad_and_bench()
        return pad.width(), bench.width()

    def set_widths(self, widths: tuple[int, int]) -> None:
        """Share the window's width between the pad and the panels beside it, as it was before."""
        self._window.resizeDocks(self._pad_and_bench(), widths, Qt.Orientation.Horizontal)

    def _pad_and_bench(self) -> tuple[Dock, Dock]:
        shown = [self.docks[e.name] for e in PANELS if e.area is Area.BENCH]
        in_front = (dock for dock in shown if not dock.visibleRegion().isEmpty())
        return self.docks["pad"], next(in_front, shown[0])

    def toggle_maximised(self, dock: Dock) -> None:
        """Show one dock alone, or all of them again."""
        if self._before is not None:
            self.restore_all()
            return
        self.show_alone([name for name, other in self.docks.items() if other is dock])
        dock.title.show_maximised(True)

    def show_alone(self, names: Collection[str]) -> None:
        """Hide all panels but these, until `restore_all`."""
        self.restore_all()
        self._open_before = self.open_panels()
        self._before = self._window.saveState(LAYOUT_VERSION)
        for name, dock in self.docks.items():
            dock.setVisible(name in names)
        self.alone_changed.emit(True)

    def restore_all(self) -> None:
        """End the view of one dock alone."""
        if self._before is not None:
            before, self._before = self._before, None
            self._window.restoreState(before, LAYOUT_VERSION)
            for dock in self.docks.values():
                dock.title.show_maximised(False)
            self.alone_changed.emit(False)

    def panel(self, kind: type[PanelType]) -> PanelType:
        """The one panel of a kind."""
        return next(panel for panel in self.panels.values() if isinstance(panel, kind))

    def bring_up(self, name: str) -> None:
        """Show a panel, in front of those that share its place."""
        dock = self.docks[name]
        if dock.isHidden():
            self.restore_all()
        dock.show()
        dock.raise_()

    def toggle(self, name: str) -> None:
        """Close a panel that is in front; bring up one that is closed or behind another one."""
        dock = self.docks[name]
        if is_in_front(dock):
            self.restore_all()
            dock.close()
        else:
            self.bring_up(name)

    def open_panels(self) -> OpenPanels:
        """Of all panels, also while one is shown alone."""
        if self._before is not None:
            return self._open_before
        docks = {dock.objectName(): dock for dock in self.docks.values()}
        is_open = {name: not dock.isHidden() for name, dock in docks.items()}
        in_front = [name for name, dock in docks.items() if is_in_front(dock)]
        return is_open, tuple(in_front)

    def show_panels(self, is_open: Mapping[str, bool], in_front: Sequence[str]) -> None:
        """Open and close the panels that are named, each in the place where it was last."""
        self.restore_all()
        docks = {dock.objectName(): dock for dock in self.docks.values()}
        for name, dock in docks.items():
            dock.setVisible(is_open.get(name, not dock.isHidden()))
        # Of several in one place the first stays in front.
        for name, dock in reversed(docks.items()):
            if name in in_front and not dock.isHidden():
                dock.raise_()

    def save(self) -> QByteArray:
        """The arrangement as Qt's own bytes, for the settings of this machine alone."""
        self.restore_all()
        return self._window.saveState(LAYOUT_VERSION)

    def restore(self, layout: QByteArray) -> None:
        """An arrangement that `save` gave, to the last byte: changed ones can hang Qt for ever."""
        if not layout.isEmpty():
            self._window.restoreState(layout, LAYOUT_VERSION)

    def restyle(self) -> None:
        for panel in self.panels.values():
            panel.restyle()


def is_in_front(dock: Dock) -> bool:
    """Whether a dock is open, and no other tab before it: the panels of those are hidden within their docks."""
    return not dock.isHidden() and not dock.widget().isHidden()


def is_tab(area: Area) -> bool:
    """Whether several panels share the area, so that tabs say their names."""
    return sum(entry.area is area for entry in PANELS) > 1
