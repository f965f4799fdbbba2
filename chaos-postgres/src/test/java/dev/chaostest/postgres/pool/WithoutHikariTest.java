// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.SwitchedSource;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** HikariCP is optional: what does not need a pool works without its classes. */
class WithoutHikariTest {

    private final ClassLoader without = new WithoutHikari(getClass().getClassLoader());

    private Object call(Class<?> type, String name, Class<?>[] types, Object... values) throws Exception {
        Method method = type.getMethod(name, types);
        return method.invoke(null, values);
    }

    @Test
    void twinsOfTheDriversDataSourceNeedNoPool() throws Exception {
        Class<?> twin = without.loadClass(Twin.class.getName());
        Class<?>[] of = {DataSource.class, Map.class};
        Class<?>[] property = {DataSource.class, String.class};
        DataSource plain = IsolationTestServer.admin();

        assertThat(twin).isNotSameAs(Twin.class);
        assertThat(call(twin, "of", of, plain, Map.of())).isInstanceOf(AutoCloseable.class);
        assertThat(call(twin, "property", property, new SwitchedSource(() -> plain), "socketFactory"))
                .isEqualTo(Optional.empty());
    }

    @Test
    void aPoolSaysWhatIsMissing() throws Exception {
        Class<?> pool = without.loadClass(TestPool.class.getName());
        Class<?>[] types = {DataSource.class, int.class, String.class};
        assertThatThrownBy(() -> call(pool, "of", types, IsolationTestServer.admin(), 1, "x"))
                .cause()
                .hasMessage("HikariCP must be on the class path for a pool, but is not. Add the test dependency"
                        + " com.zaxxer:HikariCP.");
    }

    /** Loads our classes itself, so that they see no HikariCP. */
    private static final class WithoutHikari extends ClassLoader {

        WithoutHikari(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.zaxxer.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("dev.chaostest.postgres.pool.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? defined(name) : loaded;
            }
        }

        private Class<?> defined(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
