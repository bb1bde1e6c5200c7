using Codegen;
using Nines.Wire.Resolve;

namespace Nines.Wire.Tests.Generation;

public class GeneratedFilesTests
{
    [Fact]
    public void The_committed_code_is_what_the_models_generate()
    {
        var root = Repository.Root(AppContext.BaseDirectory);

        foreach (var target in Target.All)
        {
            new GeneratedFiles(root, target).Differences().ShouldBeEmpty("Run `dotnet run --project tools/Codegen -- generate` and commit.");
        }
    }

    [Fact]
    public void Every_listed_operation_is_generated_and_in_the_catalogue()
    {
        var root = Repository.Root(AppContext.BaseDirectory);
        var catalogue = Nines.Api.AwsServices.LoadCatalogue();

        foreach (var (id, operations) in ImplementedList.Read(Path.Combine(root, "models", "implemented.txt")))
        {
            CatalogueService service = catalogue.Services.Single(candidate => candidate.Descriptor.Id == id);
            service.Descriptor.Operations.Select(operation => operation.Name).ShouldBe(operations);
            operations.Except(service.Operations.Keys).ShouldBeEmpty();
        }
    }
}
