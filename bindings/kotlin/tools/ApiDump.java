import java.io.File;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.jetbrains.kotlin.abi.tools.AbiFilters;
import org.jetbrains.kotlin.abi.tools.AbiToolsFactory;

/** `ApiDump JAR PATTERN...` prints what a jar offers to Kotlin, without the classes of these patterns. */
class ApiDump {
    public static void main(String[] args) {
        var arguments = List.of(args);
        var hidden = Set.copyOf(arguments.subList(1, arguments.size()));
        var filters = new AbiFilters(Set.of(), hidden, Set.of(), Set.of());
        var engine = ServiceLoader.load(AbiToolsFactory.class).findFirst().orElseThrow().get();
        engine.printJvmDump(System.out, List.of(new File(arguments.get(0))), filters);
    }
}
