using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>That a launch template's name is taken in an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Id">The name.</param>
/// <param name="TemplateId">Who has it.</param>
internal sealed record LaunchTemplateName(string AccountId, string Id, string TemplateId) : IResource
{
    /// <summary>All names that are taken.</summary>
    public static readonly TableDefinition<LaunchTemplateName> Table = new("launch-template-names", Ec2JsonContext.Default.LaunchTemplateName);
}
