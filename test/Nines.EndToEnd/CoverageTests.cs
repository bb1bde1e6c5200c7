using System.Reflection;
using Nines.Api;

namespace Nines.EndToEnd;

/// <summary>Every operation that is implemented has a test by a real client, and no test claims another.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void Every_operation_has_a_test_with_a_real_client() =>
        Implemented().Except(Covered()).ShouldBeEmpty();

    [Fact]
    public void No_test_claims_an_operation_that_is_not_there() =>
        Covered().Except(Implemented()).ShouldBeEmpty();

    private static IEnumerable<string> Implemented() =>
        AwsServices.Implemented.SelectMany(service => service.Operations.Select(operation => $"{service.Id} {operation.Name}"));

    private static IEnumerable<string> Covered() =>
        from type in typeof(CoverageTests).Assembly.GetTypes()
        from method in type.GetMethods()
        from covers in method.GetCustomAttributes<CoversAttribute>()
        from operation in covers.Operations
        select $"{covers.Service} {operation}";
}
