"""Differences between two contents as pages show them."""

from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile


class Differences:
    """Mixin of pages with the macro that shows ``sections``."""

    differences_template = ViewPageTemplateFile("templates/differences.pt")
