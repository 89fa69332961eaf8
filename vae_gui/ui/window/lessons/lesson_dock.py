"""The lesson that is open, beside the panels, with buttons that set the app up."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDockWidget, QTextBrowser

from vae_gui.core.support.errors import UserError
from vae_gui.resources import resources_dir
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.style.icons import themed_svg
from vae_gui.ui.style.theme import with_type
from vae_gui.ui.window.lessons.actions import SCHEME, run_link
from vae_gui.ui.window.lessons.lesson import Lesson, read_lesson

if TYPE_CHECKING:
    from vae_gui.ui.window.main_window import MainWindow

WIDTH, SPACE = 300, 8  # pixels at the usual type
DRAWINGS = {"vae": QSize(260, 78)}


class LessonPage(QTextBrowser):
    """Shows the app's own drawings and nothing from elsewhere; a link is followed by whoever is told of it."""

    def __init__(self) -> None:
        super().__init__()
        self._markdown = ""
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName("Lesson")
        self.document().setDocumentMargin(16)
        self._keep_width()

    def _keep_width(self) -> None:
        """Without a fixed width the dock takes some more at each layout of the window."""
        self.setFixedWidth(with_type(WIDTH, self.font()))

    @qt_override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._keep_width()
        elif event.type() == QEvent.Type.PaletteChange and self._markdown:
            place = self.verticalScrollBar().value()
            self.show_lesson(
                self._markdown
            )  # links and drawings keep the colours that they were made with
            self.verticalScrollBar().setValue(place)

    def show_lesson(self, markdown: str) -> None:
        """With room between its paragraphs, which Qt's Markdown leaves out."""
        self._markdown = markdown
        self.document().clear()
        self.setMarkdown(markdown)
        block = self.document().begin()
        while block.isValid():
            place = QTextCursor(block)
            spaced = block.blockFormat()
            spaced.setBottomMargin(SPACE)
            place.setBlockFormat(spaced)
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    @qt_override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        drawing = QUrl(name).toString()
        if kind == QTextDocument.ResourceType.ImageResource.value and drawing in DRAWINGS:
            svg = themed_svg(resources_dir() / "lessons" / f"{drawing}.svg", "text")
            return svg.pixmap(DRAWINGS[drawing], self.devicePixelRatioF())
        return None


class LessonDock(QDockWidget):
    """Closed until a lesson is opened."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__("Lesson", window)
        self.setObjectName("lesson")
        self._window = window
        self._widths_without = (0, 0)
        self.page = LessonPage()
        self.setWidget(self.page)
        self.page.anchorClicked.connect(self._on_link)
        window.setCorner(Qt.Corner.TopRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
        self.hide()

    def open_lesson(self, lesson: Lesson) -> None:
        """Show it from its beginning."""
        try:
            text = read_lesson(lesson.path)
        except UserError as error:
            self._window.show_error(str(error))
            return
        if self.isHidden():
            self._widths_without = self._window.docks.widths()
        self.setWindowTitle(lesson.title)
        self.page.show_lesson(text.lstrip().partition("\n")[2])  # its heading is the dock's title
        self.show()
        self.raise_()

    @qt_override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the pad and the panels the width back that they had without the lesson."""
        super().closeEvent(event)
        self._window.docks.set_widths(self._widths_without)

    def _on_link(self, url: QUrl) -> None:
        link = url.toString()
        if not link.startswith(SCHEME):
            return
        try:
            run_link(self._window, link)
        except UserError as error:
            self._window.show_error(str(error))
