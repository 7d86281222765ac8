#include "worker/demo/page_files.h"

/* Made by cmake/embed.cmake from worker/demo/page. */
extern const unsigned char page_index_html[];
extern const size_t page_index_html_size;
extern const unsigned char page_style_css[];
extern const size_t page_style_css_size;
extern const unsigned char page_app_js[];
extern const size_t page_app_js_size;

const struct page_file page_files[] = {
    { "/index.html", "text/html; charset=utf-8", page_index_html, &page_index_html_size },
    { "/style.css", "text/css; charset=utf-8", page_style_css, &page_style_css_size },
    { "/app.js", "text/javascript; charset=utf-8", page_app_js, &page_app_js_size },
};
const size_t page_file_count = sizeof(page_files) / sizeof(*page_files);
