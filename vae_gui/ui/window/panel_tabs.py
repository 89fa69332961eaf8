"""The tabs of panels that share a place: those that fit, and a menu of the others."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QMenu, QTabBar, QToolButton

from vae_gui.runtime.overrides import qt_override

FITTING = {QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.FontChange}


class PanelTabs(QObject):
    """Lives with Qt's own bar of a main window, where it hides the tabs for which there is no room."""

    def __init__(self, bar: QTabBar) -> None:
        super().__init__(bar)
        self._bar = bar
        bar.setMovable(False)
        bar.setAccessibleName("Panels")
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.more_button = QToolButton(bar)
        self.more_button.setText("More")
        self.more_button.setToolTip("The other panels")
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.more_button)
        self.more_button.setMenu(self.menu)
        self.more_button.hide()
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.fit)
        self.menu.aboutToShow.connect(self._fill)
        bar.currentChanged.connect(self.fit_later)
        bar.installEventFilter(self)
        self.fit_later()

    @qt_override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in FITTING:
            self.fit_later()
        return super().eventFilter(watched, event)

    def fit_later(self) -> None:
        """Fit once, after all that changes now."""
        self._later.start(0)

    def fit(self) -> None:
        """Show the tab in front, and the first of the others while there is room."""
        bar = self._bar
        for index in range(bar.count()):
            bar.setTabVisible(index, True)
        widths = [bar.tabRect(index).width() for index in range(bar.count())]
        all_fit = sum(widths) <= bar.width()
        more = self.more_button.sizeHint()
        room = bar.width() - (0 if all_fit else more.width())
        room -= widths[bar.currentIndex()] if widths else 0
        end = 0
        for index, width in enumerate(widths):
            if index != bar.currentIndex():
                room -= width
                bar.setTabVisible(index, room >= 0)
            end += width if bar.isTabVisible(index) else 0
        self.more_button.setGeometry(end, (bar.height() - more.height()) // 2, *more.toTuple())
        self.more_button.setVisible(not all_fit)

    def _fill(self) -> None:
        self.menu.clear()
        for index in range(self._bar.count()):
            if not self._bar.isTabVisible(index):
                action = self.menu.addAction(self._bar.tabText(index))
                action.setData(index)
                action.triggered.connect(self._on_chosen)

    def _on_chosen(self) -> None:
        self._bar.setCurrentIndex(self.sender().data())  # type: ignore[attr-defined]
