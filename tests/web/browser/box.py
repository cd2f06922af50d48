"""The search box as its user finds it: by roles and names, in the shadow or not."""

from playwright.sync_api import Locator, Page, expect


class Box:
    """A search box on `page`, the first where there are several."""

    def __init__(self, page: Page, number: int = 0) -> None:
        self.page = page
        self.host = page.locator("faq-search").nth(number)
        self.input = self.host.get_by_role("combobox")
        self.options = self.host.get_by_role("option")
        self.selected = self.host.locator('[role="option"][aria-selected="true"]')
        self.answer = self.host.get_by_role("article")
        self.alert = self.host.get_by_role("alert")
        self.said = self.host.locator("p.sr")

    def ask(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def ask_and_wait(self, text: str) -> None:
        """Ask, and wait until what is shown answers `text`, not the question before it."""
        self.ask(text)
        expect(self.host.locator(".card").first).to_be_visible()
        expect(self.host.locator("[aria-busy]")).to_have_count(0)

    def button(self, name: str) -> Locator:
        return self.host.get_by_role("button", name=name, exact=True)

    def focused(self) -> str:
        """Return the id, or the text, of what has the focus in the box."""
        found: str = self.host.evaluate(
            "host => { const at = host.shadowRoot.activeElement; return at ? at.id || at.textContent : '' }"
        )
        return found
