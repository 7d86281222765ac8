/*
 * attrs: the compiler's attributes under names of our own.
 */
#ifndef COMMON_ATTRS_H
#define COMMON_ATTRS_H

/* The caller has to look at what the function returns. */
#define ATTR_MUST_USE __attribute__((warn_unused_result))

/* The `string`-th parameter is a printf format, its arguments start at the `first`-th. */
#define ATTR_PRINTF(string, first) __attribute__((format(printf, string, first)))

#define ATTR_NORETURN __attribute__((noreturn))

/*
 * `AUTO(thing_free) struct thing *thing = …;` frees the variable when it goes out of scope.
 * DEFINE_AUTO makes what AUTO needs; it stands once, behind the declaration of the free function.
 */
#define AUTO(free_function) __attribute__((cleanup(free_function##_auto)))
#define DEFINE_AUTO(type, free_function)                    \
    static inline void free_function##_auto(type *variable) \
    {                                                       \
        free_function(*variable);                           \
    }

#endif
