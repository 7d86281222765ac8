#include "worker/demo/page_files.h"

/* Made by cmake/embed.cmake from worker/demo/page. */
extern const unsigned char page_index_html[];
extern const size_t page_index_html_size;
extern const unsigned char page_style_css[];
extern const size_t page_style_css_size;
extern const unsigned char page_app_js[];
extern const size_t page_app_js_size;
extern const unsigned char page_draw_js[];
extern const size_t page_draw_js_size;
extern const unsigned char page_zeezicht_png[];
extern const size_t page_zeezicht_png_size;
extern const unsigned char page_koffer_png[];
extern const size_t page_koffer_png_size;

const struct page_file page_files[] = {
    { "/index.html", "text/html; charset=utf-8", page_index_html, &page_index_html_size },
    { "/style.css", "text/css; charset=utf-8", page_style_css, &page_style_css_size },
    { "/app.js", "text/javascript; charset=utf-8", page_app_js, &page_app_js_size },
    { "/draw.js", "text/javascript; charset=utf-8", page_draw_js, &page_draw_js_size },
    { "/zeezicht.png", "image/png", page_zeezicht_png, &page_zeezicht_png_size },
    { "/koffer.png", "image/png", page_koffer_png, &page_koffer_png_size },
};
const size_t page_file_count = sizeof(page_files) / sizeof(*page_files);
