using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Secrets;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ssm.Parameters;
using Nines.Control.Store;

namespace Nines.Control.Services.Ssm;

/// <summary>Systems Manager's parameters, put together.</summary>
internal sealed class SsmService
{
    public SsmService(Cloud cloud, SecretBox box)
    {
        var images = new ImageCatalog(cloud);
        Operations =
        [
            new ParameterOperations(cloud, box, new ImageParameters(cloud).List),
            new ParameterChanges(cloud, box, (accountId, imageId) => images.Find(accountId, imageId) is not null),
        ];
    }

    /// <summary>Its tables, for whoever opens the store.</summary>
    public static IReadOnlyList<TableDefinition> Tables { get; } = [Parameter.Table];

    /// <summary>What clients may ask.</summary>
    public IReadOnlyList<IOperations> Operations { get; }

    /// <summary>Empties an account of parameters.</summary>
    public IResetter Resetter { get; } = new ParameterResetter();
}
