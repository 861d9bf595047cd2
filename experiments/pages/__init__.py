"""The base of all HTML pages: one self-contained file, without network, in light and dark mode and in print.

`page.render_page` renders a template that extends `base.html`; `plots.figure_html` embeds plots as SVG.
"""
